/** MM503: one process that drives several devices by nn.DataParallel. */
import { walkBody } from '../lower/walk';
import { qualifiedNameOf } from './match/qualified';
import type { Detection, Rule } from './rule';

export const mm503: Rule = {
  code: 'MM503',
  name: 'data-parallel',
  category: 'jax',
  summary: '`nn.DataParallel`, which copies the model to every device in each step, instead of a process per device.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'display',
  topLevel: true,
  since: '0.1.0',
  docs: {
    finds:
      'Calls of `torch.nn.DataParallel`, however it was imported under that name. Classes that derive from it, questions ' +
      'such as `isinstance(model, nn.DataParallel)` and `DistributedDataParallel` are left alone. Nothing is edited: ' +
      'the other ways need processes to be started, or a mesh of devices.',
    why:
      'One process copies the weights to every device in each forward pass, runs one thread for each under the lock ' +
      'of the interpreter, and gathers all outputs on the first device, which fills first. ' +
      '`DistributedDataParallel` holds one copy in a process per device and exchanges gradients while they are ' +
      'computed; PyTorch recommends it on a single machine, too. The batch is then that of one process, and random ' +
      'numbers, logging and checkpoints become a matter of ranks. In JAX one program runs on all devices: put the ' +
      'batch on a mesh with `jax.device_put(batch, NamedSharding(mesh, P("data")))` and `jax.jit` divides the work, ' +
      'or write it out with `jax.shard_map`. With one device, `DataParallel` hands calls on and loses little.',
    example: `def distribute(model: nn.Module) -> nn.Module:
    return nn.DataParallel(model).cuda()`,
    instead: `def distribute(model: nn.Module, rank: int) -> nn.Module:
    return nn.parallel.DistributedDataParallel(model.to(rank), device_ids=[rank])`,
  },
  detect(scene) {
    if (!scene.source(scene.def).includes('DataParallel')) return [];
    const found: Detection[] = [];
    walkBody(scene.def.body, (each) => {
      if (each.kind !== 'call' || each.args.length === 0) return;
      const name = qualifiedNameOf(scene, each.callee);
      if (name === null || !/^torch\.nn\.(?:parallel\.)?(?:data_parallel\.)?DataParallel$/.test(name)) return;
      const { start, end } = each.callee;
      const message =
        '`DataParallel` copies the model to every device in each step and gathers on the first: `DistributedDataParallel` keeps a copy per process; in JAX, a batch that is sharded over a mesh does without either.';
      found.push({ start, end, message, fixes: [] });
    });
    return found;
  },
};

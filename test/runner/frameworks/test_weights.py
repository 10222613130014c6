"""PyTorch's state in the hands of a JAX variant: `params_from_state_dict`, and gradients back to PyTorch's names."""

import unittest
from textwrap import dedent

from support.racing import Racing
from support.requests import EAGER, PARAMS, floats, program, request, variant

TIED = """
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(50, 16)
            self.head = nn.Linear(16, 50, bias=False)
            self.head.weight = self.embed.weight

        def forward(self, tokens):
            return self.head(torch.tanh(self.embed(tokens)))
"""
TOKENS = {"kind": "index", "name": "tokens", "dtype": "i64", "shape": [4, 10], "high": 50}


class Weights(Racing):
    def trained(self, torch: str, jax: str, *inputs: dict):
        source = f"import jax\n{PARAMS}variant = jax.jit(target)\n"
        return self.race(
            request(
                programs=[program("torch", dedent(torch), "Net"), program("jax", dedent(jax), "model")],
                inputs=inputs,
                variants=[variant("torch-eager", EAGER), variant("jax-jit", source, "jax", takes_params=True)],
                modes=["forward", "training"],
                work={"flops": None, "bytes": None, "products": 2},
            )
        )

    def test_tied_weights_that_the_variant_holds_twice(self) -> None:
        jax = """
            import jax.numpy as jnp

            def params_from_state_dict(state):
                return {"embed": state["embed.weight"], "head": state["head.weight"].T}

            def model(params, tokens):
                return jnp.tanh(params["embed"][tokens]) @ params["head"]
        """
        self.assert_all_ok(self.trained(TIED, jax, TOKENS))

    def test_tied_weights_that_it_holds_once(self) -> None:
        jax = """
            import jax.numpy as jnp

            def params_from_state_dict(state):
                return {"embed": state["head.weight"]}

            def model(params, tokens):
                return jnp.tanh(params["embed"][tokens]) @ params["embed"].T
        """
        self.assert_all_ok(self.trained(TIED, jax, TOKENS))

    def test_a_part_of_a_tied_weight_s_gradient_is_not_enough(self) -> None:
        jax = """
            import jax
            import jax.numpy as jnp

            def params_from_state_dict(state):
                return {"embed": state["embed.weight"], "head": jax.lax.stop_gradient(state["head.weight"]).T}

            def model(params, tokens):
                return jnp.tanh(params["embed"][tokens]) @ params["head"]
        """
        report = self.trained(TIED, jax, TOKENS)
        self.assertEqual(self.row(report, "jax-jit")["status"], "ok")
        self.assertIn("Gradient of embed.weight differs", self.row(report, "jax-jit", "training")["reason"])

    def test_integer_buffers_and_running_statistics(self) -> None:
        torch = """
            import torch
            from torch import nn

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(12, 8)
                    self.norm = nn.BatchNorm1d(8)
                    self.register_buffer("order", torch.tensor([3, 1, 2, 0, 7, 6, 5, 4]))

                def forward(self, x):
                    return self.norm(self.fc(x))[:, self.order] * (1 + self.norm.num_batches_tracked)
        """
        jax = """
            import jax.numpy as jnp

            def params_from_state_dict(state):
                return {"norm": {name[5:]: state[name] for name in state if name.startswith("norm.")},
                        "w": state["fc.weight"].T, "b": state["fc.bias"], "order": state["order"]}

            def model(params, x):
                norm = params["norm"]
                x = (x @ params["w"] + params["b"] - norm["running_mean"]) / jnp.sqrt(norm["running_var"] + 1e-5)
                x = x * norm["weight"] + norm["bias"]
                return x[:, params["order"]] * (1 + norm["num_batches_tracked"])
        """
        self.assert_all_ok(self.trained(torch, jax, floats("x", 16, 12)))

    def test_a_conversion_may_stack_and_compute(self) -> None:
        torch = """
            import torch
            from torch import nn

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.heads = nn.ModuleList(nn.Linear(12, 4) for _ in range(3))
                    self.log_scale = nn.Parameter(torch.randn(3))

                def forward(self, x):
                    return torch.stack([head(x) * s.exp() for head, s in zip(self.heads, self.log_scale)])
        """
        jax = """
            import jax.numpy as jnp

            def params_from_state_dict(state):
                return {
                    "w": jnp.stack([state[f"heads.{n}.weight"].T for n in range(3)]),
                    "b": jnp.stack([state[f"heads.{n}.bias"] for n in range(3)])[:, None],
                    "scale": jnp.exp(state["log_scale"]),
                    "eps": 0.0,
                }

            def model(params, x):
                return (x @ params["w"] + params["b"]) * params["scale"][:, None, None] + params["eps"]
        """
        self.assert_all_ok(self.trained(torch, jax, floats("x", 16, 12)))

    def test_a_conversion_that_raises_is_told_with_its_reason(self) -> None:
        jax = """
            def params_from_state_dict(state):
                return {"w": state["no.such.weight"]}

            def model(params, tokens):
                return params["w"][tokens]
        """
        report = self.trained(TIED, jax, TOKENS)
        self.assertEqual(self.row(report, "jax-jit")["failure"]["kind"], "runFailed")
        self.assertIn("no.such.weight", self.row(report, "jax-jit")["reason"])


if __name__ == "__main__":
    unittest.main()

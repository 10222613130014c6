/** Functions that a program brings along where JAX has no single name for what PyTorch does. */

export interface PreludeFunction {
  readonly source: string;
  /** Other functions of the prelude that it calls. */
  readonly uses: readonly string[];
}

const define = (source: string, uses: readonly string[] = []): PreludeFunction => ({ source: source.trim(), uses });

/** By the names that they have unless the reader's file has these. */
export const PRELUDE: Readonly<Record<string, PreludeFunction>> = {
  linear: define(`
def linear(x, weight, bias=None):
    """Multiply by a weight of shape (out_features, in_features), as in PyTorch."""
    y = x @ weight.T
    return y if bias is None else y + bias
`),
  linear_layer: define(
    `
def linear_layer(params, x):
    return linear(x, params["weight"], params.get("bias"))
`,
    ['linear'],
  ),
  attention: define(`
def attention(query, key, value, mask=None, is_causal=False, scale=None):
    """Scaled dot-product attention over (..., length, depth).

    A mask is boolean (True takes part) or is added to the scores. Rows without any
    position that takes part give zeros, as in PyTorch.
    """
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    scores = (query * scale) @ key.mT
    if is_causal:
        mask = jnp.tril(jnp.ones(scores.shape[-2:], dtype=bool))
    if mask is None:
        return jax.nn.softmax(scores) @ value
    if mask.dtype != bool:
        return jax.nn.softmax(scores + mask) @ value
    weights = jax.nn.softmax(jnp.where(mask, scores, jnp.finfo(scores.dtype).min))
    return jnp.where(mask.any(axis=-1, keepdims=True), weights, 0) @ value
`),
  normalize_layer: define(`
def normalize_layer(x, axes, weight=None, bias=None, eps=1e-5):
    mean = jnp.mean(x, axis=axes, keepdims=True)
    variance = jnp.var(x, axis=axes, keepdims=True)
    y = (x - mean) * jax.lax.rsqrt(variance + eps)
    y = y if weight is None else y * weight
    return y if bias is None else y + bias
`),
  layer_norm: define(
    `
def layer_norm(params, x, eps=1e-5, axes=-1):
    return normalize_layer(x, axes, params.get("weight"), params.get("bias"), eps)
`,
    ['normalize_layer'],
  ),
  normalize_rms: define(`
def normalize_rms(x, axes, weight=None, eps=1e-6):
    y = x * jax.lax.rsqrt(jnp.mean(jnp.square(x), axis=axes, keepdims=True) + eps)
    return y if weight is None else y * weight
`),
  rms_norm: define(
    `
def rms_norm(params, x, eps=None, axes=-1):
    eps = jnp.finfo(x.dtype).eps if eps is None else eps
    return normalize_rms(x, axes, params.get("weight"), eps)
`,
    ['normalize_rms'],
  ),
  batch_norm: define(`
def batch_norm(params, x, eps=1e-5):
    """Normalize the channels, axis 1, by the running statistics, as in eval mode."""
    shape = (1, -1) + (1,) * (x.ndim - 2)
    mean = jax.lax.stop_gradient(params["running_mean"]).reshape(shape)
    variance = jax.lax.stop_gradient(params["running_var"]).reshape(shape)
    y = (x - mean) * jax.lax.rsqrt(variance + eps)
    if "weight" in params:
        y = y * params["weight"].reshape(shape) + params["bias"].reshape(shape)
    return y
`),
  multi_head_attention: define(
    `
def multi_head_attention(params, query, key, value, num_heads, mask=None):
    """torch.nn.MultiheadAttention on (batch, length, channels), without its weights."""
    bias = params.get("in_proj_bias")
    biases = [None] * 3 if bias is None else jnp.split(bias, 3)
    weights = jnp.split(params["in_proj_weight"], 3)
    heads = [
        linear(x, w, b).reshape(*x.shape[:2], num_heads, -1).swapaxes(1, 2)
        for x, w, b in zip((query, key, value), weights, biases, strict=True)
    ]
    y = attention(*heads, mask=mask).swapaxes(1, 2).reshape(query.shape)
    return linear(y, params["out_proj"]["weight"], params["out_proj"].get("bias"))
`,
    ['linear', 'attention'],
  ),
  lerp: define(`
def lerp(start, end, weight):
    return start + weight * (end - start)
`),
  tanhshrink: define(`
def tanhshrink(x):
    return x - jnp.tanh(x)
`),
  absolute: define(`
def absolute(x):
    """At zero the gradient is zero, as in PyTorch."""
    return x * jnp.sign(x)
`),
  leaky_relu: define(`
def leaky_relu(x, slope=0.01):
    """At zero the gradient is the slope, as in PyTorch."""
    return jnp.where(x > 0, x, slope * x)
`),
  clamp: define(`
def clamp(x, low=None, high=None):
    """Bound x; on a bound itself the gradient is still that of x, as in PyTorch."""
    x = x if low is None else jnp.where(x < low, low, x)
    return x if high is None else jnp.where(x > high, high, x)
`),
  hardtanh: define(`
def hardtanh(x, low=-1, high=1):
    """Bound x; on a bound itself the gradient is zero, as in PyTorch."""
    bounded = jax.lax.stop_gradient(jnp.clip(x, low, high))
    return jnp.where((x > low) & (x < high), x, bounded)
`),
  largest: define(`
def largest(x, axis, keepdims=False):
    """The first largest element along an axis, alone given a gradient; its place."""
    index = jnp.argmax(x, axis=axis, keepdims=True)
    values = jnp.take_along_axis(x, index, axis=axis)
    if keepdims:
        return values, index
    return jnp.squeeze(values, axis), jnp.squeeze(index, axis)
`),
  smallest: define(`
def smallest(x, axis, keepdims=False):
    """The first smallest element along an axis, alone given a gradient; its place."""
    index = jnp.argmin(x, axis=axis, keepdims=True)
    values = jnp.take_along_axis(x, index, axis=axis)
    if keepdims:
        return values, index
    return jnp.squeeze(values, axis), jnp.squeeze(index, axis)
`),
  sorted_with_places: define(`
def sorted_with_places(x, axis=-1, descending=False):
    index = jnp.argsort(x, axis=axis, descending=descending)
    return jnp.take_along_axis(x, index, axis=axis), index
`),
  flatten: define(`
def flatten(x, start=0, end=-1):
    after = end % x.ndim + 1
    return x.reshape(*x.shape[:start], -1, *x.shape[after:])
`),
  unflatten: define(`
def unflatten(x, axis, sizes):
    axis = axis % x.ndim
    return x.reshape(*x.shape[:axis], *sizes, *x.shape[axis + 1 :])
`),
  split: define(`
def split(x, size, axis=0):
    """Split into pieces of a size; the last may be smaller."""
    return jnp.split(x, list(range(size, x.shape[axis], size)), axis=axis)
`),
  expand: define(`
def expand(x, sizes):
    """Broadcast to sizes, of which -1 keeps what is there."""
    own = (1,) * (len(sizes) - x.ndim) + x.shape
    pairs = zip(sizes, own, strict=True)
    return jnp.broadcast_to(x, tuple(b if a == -1 else a for a, b in pairs))
`),
  masked_fill: define(`
def masked_fill(x, mask, value):
    return jnp.where(mask, value.astype(x.dtype), x)
`),
  squeeze: define(`
def squeeze(x, axis):
    axes = axis if isinstance(axis, tuple) else (axis,)
    return jnp.squeeze(x, tuple(each for each in axes if x.shape[each] == 1))
`),
  chunk: define(`
def chunk(x, chunks, axis=0):
    """Split into pieces of ceil(size / chunks); the last may be smaller."""
    size = -(-x.shape[axis] // chunks)
    return jnp.split(x, list(range(size, x.shape[axis], size)), axis=axis)
`),
  gather: define(`
def gather(x, axis, index):
    window = tuple(
        slice(None) if each == axis % x.ndim else slice(size)
        for each, size in enumerate(index.shape)
    )
    return jnp.take_along_axis(x[window], index, axis=axis)
`),
  pad: define(`
def pad(x, widths, value=0):
    """Pad with a constant; widths come in pairs from the last axis on."""
    pairs = list(zip(widths[::2], widths[1::2], strict=True))[::-1]
    return jnp.pad(x, [(0, 0)] * (x.ndim - len(pairs)) + pairs, constant_values=value)
`),
  vector_norm: define(`
def vector_norm(x, axis=None, keepdims=False):
    """The Euclidean norm; where it is zero so is its gradient, as in PyTorch."""
    total = jnp.sum(jnp.square(x), axis=axis, keepdims=keepdims)
    is_zero = total == 0
    return jnp.where(is_zero, 0, jnp.sqrt(jnp.where(is_zero, 1, total)))
`),
  normalize: define(
    `
def normalize(x, axis=1, eps=1e-12):
    """Divide by the Euclidean norm."""
    return x / jnp.maximum(vector_norm(x, axis, keepdims=True), eps)
`,
    ['vector_norm'],
  ),
  cosine_similarity: define(
    `
def cosine_similarity(x, y, axis=1, eps=1e-8):
    """PyTorch's gradient takes the norms as they are, though eps bounds them."""

    def unit(x):
        norm = vector_norm(x, axis, keepdims=True)
        return x / (norm + jax.lax.stop_gradient(jnp.maximum(norm, eps) - norm))

    x, y = jnp.broadcast_arrays(x, y)
    return jnp.sum(unit(x) * unit(y), axis=axis)
`,
    ['vector_norm'],
  ),
  embedding: define(`
def embedding(weight, index, padding_idx=None):
    """Look rows up; that of padding_idx gets no gradient."""
    rows = weight[index]
    if padding_idx is None:
        return rows
    is_padding = (index == padding_idx % len(weight))[..., None]
    return jnp.where(is_padding, jax.lax.stop_gradient(rows), rows)
`),
  array_from_torch: define(`
def array_from_torch(tensor):
    """Copy a tensor; NumPy lacks bfloat16, which goes by way of float32."""
    tensor = tensor.detach().cpu()
    if str(tensor.dtype) == "torch.bfloat16":
        return jnp.array(tensor.float().numpy(), dtype=jnp.bfloat16)
    return jnp.array(tensor.numpy())
`),
};

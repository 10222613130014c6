/** Names of functions and attributes that bend: activations, normalisations by the input itself, attention. */
export const BENDS =
  /^(?:\w*relu6?|gelu\w*|silu|swish|mish|\w*softmax|\w*tanh|\w*sigmoid|softplus|sin|cos|exp|log|act|act_?fn|act_layer|activation\w*|nonlinearity|\w*attention\w*|layer_?norm\w*|rms_?norm|group_?norm|einops)$/i;

/** How authors name linear maps. Where one calls something that nothing is known of, its name must say what it is. */
export const LINEAR_NAME = /linear|dense|conv1d|projection|proj$/i;

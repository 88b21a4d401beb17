"""Models at run time: the model store and the engines that implement the inference ports."""

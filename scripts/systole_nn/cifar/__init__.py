"""ResNets, MobileNets and a DenseNet on CIFAR-10: training and int8. The command line is
`python -m systole_nn.cifar -h`.

The images are JPEG re-encodings of CIFAR-10 (data.py): every accuracy is of those, and lies below
what the same network reaches on the original.
"""

NOTE = "JPEG re-encodings of CIFAR-10, not the original images"

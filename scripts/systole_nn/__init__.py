"""From a float network to int8 hardware: training, quantization, export and cross-checks for
Systole.
"""


class UserError(Exception):
    """Bad input or usage; the command line prints it as one line and exits with status 2."""

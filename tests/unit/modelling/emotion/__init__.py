"""The modelling pipeline without torch: data, calibration, judgement, gate and publishing."""

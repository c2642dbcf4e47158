"""Pure numbers of an evaluation: rates with their counts and intervals, curves, calibration. No media, no models, no files.

Terms are those of ISO/IEC 19795-1 (FMR, FNMR, FTA, DET) and ISO/IEC 30107-3 (APCER, BPCER, IAPAR).
"""

"""The semantic view of a pretrained model: sentence transformers, exported to ONNX, or static."""

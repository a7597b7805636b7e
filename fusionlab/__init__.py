"""FusionLab: see, measure and teach how language models can be fused."""

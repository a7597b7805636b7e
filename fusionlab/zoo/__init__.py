"""The zoo: tiny models made here, whose strengths are known exactly."""

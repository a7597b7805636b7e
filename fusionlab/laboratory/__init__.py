"""The studies: experiments on how experts share work, watched while they go on."""

"""The studies: experiments on how experts share work, watched while they go on."""

from fusionlab.laboratory import lifelong as lifelong

# What several components say.

and-next = ,{" "}
sentence-next = {" "}
page-made-with = Made with { $packages }, Python { $python }.
page-title = { $title } · FusionLab

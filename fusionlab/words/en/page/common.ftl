# What several components say.

and-next = ,{" "}
and-last = { " and " }
page-made-with = Made with { $packages }, Python { $python }.
page-title = { $title } · FusionLab

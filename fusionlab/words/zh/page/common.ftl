# What several components say.

and-next = 、
and-last = 、
page-made-with = 由 { $packages } 和 Python { $python } 生成。
page-title = { $title } · FusionLab

# 列举时各项之间的分隔。
list-separator = 、
list-and-more = { $names } 等，另有 { $more } 项

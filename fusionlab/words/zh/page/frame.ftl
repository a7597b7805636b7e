# The head of the page.

frame-promise = 观察、测量并讲解语言模型如何融合。
frame-language = 语言
frame-in-en = English
frame-in-zh = 中文
frame-language-unknown = 没有“{ $unknown }”这种语言，本页以英文显示。
frame-dark = 深色
frame-large = 投影
frame-close = 关闭
frame-copy = 复制这段文字
frame-not-language = 未知的语言
frame-not-link = 无法显示这个链接
frame-not-file = 无法打开这次运行
frame-open = 打开运行记录

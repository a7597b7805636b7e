# 实验室：框架上的文字，以及各项实验及其设置的名称。

lab-title = 实验室
lab-intro = 这里的实验研究专家如何分工。实验就在这台机器上运行，您可以看着它进行；一开始显示的是录制结果。
lab-studies = 实验
lab-settings = 设置
lab-more = 更多设置
lab-usual = 恢复录制时的设置
lab-run = 运行
lab-stop = 停止
lab-paper = 阅读论文
lab-notice = 值得留意
lab-waits = 正在排队……
lab-working = 正在运行……
lab-far = { $words }{ $done } / { $total }
lab-stopped = 已停止，保留最后的画面。
lab-changed = 设置已更改，运行后即可看到效果。
lab-recorded = 这是用默认设置录制的结果。
lab-nothing = 这项实验没有录制结果，请运行。

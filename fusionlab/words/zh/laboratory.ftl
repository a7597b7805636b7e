# `fusionlab lab`。

cli-help-lab = 把实验室的一项实验看到底，或列出全部实验
cli-help-lab-name = 实验名；不写则列出全部实验及其设置
cli-help-lab-set = 实验的一项设置
cli-help-lab-out = 把最后的画面以 JSON 写到这里
cli-help-lab-record = 把最后的画面存为应用最先显示的录制结果；只能使用默认设置
cli-lab-recorded = 已录制到 { $file }
cli-lab-stopped = 已停止；以上是最后的画面
cli-lab-record-as-usual = 录制只能使用默认设置
    .hint = 去掉 --set，或用 --out 把画面写到别处

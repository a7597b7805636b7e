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

# 分词器实验。
tokenizers-long = 文字有 { $bytes } 字节，最多显示 { $most } 字节
    .hint = 请缩短文字
tokenizers-few = 本机只有 { $count } 个可用的分词器，至少需要两个
    .hint = 请另选一个文件在本机的模型
tokenizers-none = { $ref } 没有可以在这里读取的分词器
    .hint = 请选择文件在本机的模型，或 hub 上的模型
tokenizers-away = 本机没有 { $ref }：未纳入它的分词器
    .hint = 它第一次作为成员回答时会自动下载，之后再运行即可
tokenizers-not-bytes = { $name }：从第 { $at } 字节起，词元与文字的字节不符：文字是 { $text }，词元是 { $token }
    .hint = 该分词器会改写读入的文字，或没有说明词元对应哪些字节；请另选一个，或去掉这些字符

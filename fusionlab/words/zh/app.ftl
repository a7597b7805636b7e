# 应用：启动、运行与显示，以及演示版的限制。

## 启动

app-not-served = 无法启动应用服务：{ $said }
    .hint = 端口被其他程序占用；请把 { $variable } 设为空闲端口
app-not-a-port = { $variable } 的值是 { $given }
    .hint = 端口应为 1 到 65535 之间的数，例如 7860

## 运行

app-run-begun = 这次运行已经开始
    .hint = 请再次点击“运行”
app-too-many-waiting = 排队等待模型的运行太多
    .hint = 请一分钟后再试
app-nothing-to-compare = 还没有已完成的讨论可供比较
    .hint = 请先运行一次，然后再试
app-members = 应用最多显示 { $most } 个成员，这里有 { $count } 个
    .hint = 请减少成员，或改用命令行运行
app-data-file = { $given } 不是本应用可用的数据
    .hint = 请在{ SETTING("data", "train") }中选择生成的题目或自己的文件；本机上的文件只能通过命令行读取
brought-kind = { $file } 不是可供学习的文件
    .hint = 请选择以 { $kinds } 之一结尾的文件
brought-large = { $file } 有 { $bytes } 字节；应用最多接收 { $most } 字节
    .hint = 请只取其中一部分，或在自己的机器上用命令行训练
brought-gone = { $file } 已不在这里
    .hint = 请在{ SETTING("data", "train") }中重新选择文件；文件保留一天，应用重启后即清除
app-text-too-long = 提示和指令共有 { $written } 个字符；应用最多读取 { $most } 个
    .hint = 请缩短
app-no-file = 没有打开任何文件
    .hint = 请选择一个运行记录文件
app-file-of-too-many = 其配方中的成员超过 { $most } 个

## 基准测试

app-run-not-kept = 这次运行没有保留
    .hint = 基准测试只保留最前面的若干次运行
app-field = { $field }：{ $said }，而给出的是 { $given }

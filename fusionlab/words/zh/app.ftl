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
app-text-too-long = 提示和指令共有 { $written } 个字符；应用最多读取 { $most } 个
    .hint = 请缩短
app-no-file = 没有打开任何文件
    .hint = 请选择一个运行记录文件
app-file-of-too-many = 其配方中的成员超过 { $most } 个

## 基准测试

app-run-not-kept = 这次运行没有保留
    .hint = 基准测试只保留最前面的若干次运行
app-field = { $field }：{ $said }，而给出的是 { $given }

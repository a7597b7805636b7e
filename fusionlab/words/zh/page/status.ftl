# 运行的状态。

status-queued = 排队中
status-running = 运行中
status-finished = 已完成
status-failed = 未运行
status-broken = 已中断
status-stopped = 已停止
status-ready = 就绪
status-stale = 这个结果属于另一套设置，请按“运行”。
status-recorded = 录制
    .title = 这是事先录下的一次运行，正在回放。按“运行”即可重新计算。
status-reloaded = 你上一次的运行

status-linked = 这套设置来自链接，请按“运行”。
status-unkept = 你的设置还在，但结果已不再保留，请按“运行”重新得到它。
status-end = 模型自己结束了回答。
status-end-with-cut = 有的文字在长度上限（{ $tokens } 个词元）处被截断。
status-length = 达到长度上限（{ $tokens } 个词元），已停下。
status-elected = 选出了一个回答。
status-elected-of-cut = 选出了一个回答，但有的文字在长度上限（{ $tokens } 个词元）处被截断。
status-stopped-words = 已停止。再按“运行”可重新开始。
status-next = 下一个就轮到你。
status-place = 前面还有 { $before } 个运行在排队。
status-now = 正在运行：{ $what }。
status-starting = 正在启动……
status-writing = 正在书写……
status-tokens = { $n ->
   *[other] { $count } 个词元
}
status-far = { $done } / { $total } · { $share }
status-joined = { $before } · { $next }

status-loading = 正在加载 { $what }
status-fetching = 正在下载 { $what }
status-unpacking = 正在解压 { $what }
status-checking = 正在校验 { $what }
status-waiting-for = 正在等待 { $what }（另一个程序正在使用它）
status-dividing = 正在划分问题
status-training-routers = 正在训练路由器
status-training = 正在训练 { $what }
status-grafting = 正在嫁接 { $what }
status-upcycling = 正在制作 { $what } 的专家
status-prompting = 正在用 { $what } 阅读提示
status-merging = 正在合并 { $what }
status-measuring = 正在数据上测量 { $what }
status-lowering-entropy = 正在学习各任务向量的系数
status-starting-ray = 正在启动 Ray
status-proving = 正在检验 { $what }
status-reading-with = 正在用 { $what } 读测试文本
status-writing-model = 正在写入 { $what }
status-storing = 正在保存 { $what } 对文本的预测
status-aligning-with = 正在用 { $what } 阅读文本
status-mapping-tokens = 正在为 { $what } 查找最接近的词元
status-sweeping = 正在扫描模型之间的点
status-exporting = 正在导出 { $what }
status-evaluating = 正在测试 { $what }
status-sampling = 正在请模型作答：{ $what }
status-loading-embedder = 正在加载句向量模型
status-comparing-meanings = 正在比较语义
status-counting-ballots = 正在计票

status-fix = 请先解决这个问题
status-broke-off = 运行因错误而中断
status-note = 请注意
status-progress = 进度

status-unknown-characters = { $name } 不认识提示中的一些字符，全都读成了同一个未知符号：{ $characters }
    .hint = 请用它认识的字母和数字来写提示，例如 add 384+77=，或者换一个模型

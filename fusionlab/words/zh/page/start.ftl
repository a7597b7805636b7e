# 首页上的话。

start-promise = 看几个语言模型怎样合成一个，再看看这样做到底有没有用。
start-lead = 一切都在这台电脑上运行，一步一步，每个概率都看得见。
start-picture = 两个声音，一句话
start-picture-about = 这是一次录下来的运行。同一个小模型被问了两遍：一遍扮演地理学家（geographer），一遍扮演诗人（poet）。每一步，两者各自为所有可能的下一个词元给出概率；各取一半相加，条形最长的词元就被写下来。这个模型主要会英文：“The capital of France is”意为“法国的首都是”；Love 是“爱”，Light 是“光”，City of Love、City of Light 都指巴黎。
start-prompt = 提示
start-text = 已写出的文字
start-together = 合在一起
start-caption-agreed = { $n ->
    [1] 这一步，模型想写“{ $token }”，于是就写了它。
    [2] 这一步，两者都想写“{ $token }”，合起来写下的也是它。
   *[other] 这一步，{ $n } 个成员都想写“{ $token }”，合起来写下的也是它。
}
start-caption-apart = 这一步，{ $wants }；合在一起，选中的是“{ $token }”。
start-caption-other = 这一步，{ $wants }；抽中的却是“{ $token }”。
start-wants = { $name } 想写“{ $token }”
start-wants-next = { $before }，{ $next }
start-caption-alone = 这一步选中的是“{ $token }”。
start-scale = 整条表示 { $p }。
start-step = 第 { $step } 步，共 { $total } 步
start-keys = 按键：← → 前后一步，空格键播放或暂停。
start-play = 播放
    .title = 让各步自动播放
start-pause = 暂停
    .title = 停在这一步
start-back = 上一步
    .title = 后退一步
start-on = 下一步
    .title = 前进一步
start-run = 自己运行一次
    .title = 打开这个例子和它的设置，随时可以运行
start-new-words = 新词

start-places = { $n ->
    [1] 模型可以在一个地方融合
    [2] 模型可以在两个地方融合
    [3] 模型可以在三个地方融合
    [4] 模型可以在四个地方融合
    [5] 模型可以在五个地方融合
   *[other] 模型可以在 { $n } 个地方融合
}
start-tools = 那么，有用吗？
start-tries = 试一试
start-tries-about = 每个例子都先打开一次录下来的运行，改一改就能再运行。例子是英文的，因为这些小模型只看得懂英文。

start-idea-tokens = 在每个词元写出之前
    .text = 每个模型都说出下一个词元各有多大可能，再用一条规则合成一次选择：这就是集成。
start-idea-answers = 在写完的答案之间
    .text = 每个模型各写一份答案，再由投票、评审或路由决定采用哪一份。
start-idea-conversation = 在对话之中
    .text = 模型读别人写的话，或者读自己写的话，然后重新作答。
start-idea-inside = 在一个模型内部
    .text = 一个模型里有许多专家，由门控把每个词元交给其中几位。
start-idea-build = 合成一个新模型
    .text = 几个模型的层或权重合成一个模型，随即就能与它对话。
start-idea-compare = 对比
    .text = 用几种方法问同一个问题，把答案和开销并排来看。
start-idea-measure = 测量
    .text = 把一整套题目交给几种方法：各自答对多少，这个数有多可靠，又花了多少？

start-try-words = “City of Love”是谁写的？
    .text = 地理学家和诗人合写一句话。把地理学家的权重设为 0 再运行一次：“Love”就变成了“Light”。
start-try-votes = 一道题，算好几遍
    .text = 同一个小模型把一道题反复算几遍，出现最多的答案胜出。多数就一定对吗？
start-try-experts = 一个模型里的字母和算式
    .text = 每个词元都交给八位专家中的一位。看看字母和数字是否去了不同的专家那里。

start-glossary = 全部术语及解释

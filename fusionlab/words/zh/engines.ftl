# 运行模型的部件：服务器及其密钥、对话模板、适配器、内存、前向计算。

## 开放程度

level-too-low = { $name } 只提供“{ $gives }”，不提供“{ $needed }”
    .hint = 请改用要求较低的方法，或改用权重在本机的模型

## 服务器的密钥与地址

-key-alone = 只填密钥本身，不要带引号、注释或 Bearer 一词
endpoint-address = { $url } 不是服务接口的地址
    .hint = 请写成 api:http://host:port/v1#model
patience-no-number = { $variable } 的值是 { $text }
    .hint = 请填秒数，例如 300：服务器超过这个时间没有响应就不再等待
key-in-the-open = { $name } 的密钥不会发往 { $address }：途中的任何人都可能读到它
    .hint = 请使用 https 地址，或从 { $variable } 中去掉 { $name }
keys-entry = { $variable } 的第 { $number } 项不是“主机=密钥”
    .hint = 请写成 { $variable }="host=key, other:8000=key"：每一项内不要有空格、引号、注释或 Bearer 一词
keys-twice = { $variable } 中 { $host } 有两个密钥
    .hint = 请只保留正确的那个
key-with-line-break = { $variable } 中 { $host } 的值不可能是密钥：共 { $length } 个字符，第 { $at } 个是换行符
    .hint = { -key-alone }
key-with-blank = { $variable } 中 { $host } 的值不可能是密钥：共 { $length } 个字符，第 { $at } 个是空格
    .hint = { -key-alone }
key-with-control = { $variable } 中 { $host } 的值不可能是密钥：共 { $length } 个字符，第 { $at } 个是控制字符
    .hint = { -key-alone }
key-not-ascii = { $variable } 中 { $host } 的值不可能是密钥：共 { $length } 个字符，第 { $at } 个不是 ASCII 字符
    .hint = { -key-alone }

## 服务器的拒绝，以及应对办法

server-unreachable = { $why }
    .hint = { $advice }
server-silent = { $server } 在 { $seconds } 秒内没有任何响应
    .hint = { $advice }
server-refused = { $server } 返回 HTTP { $status }：{ $said }
    .hint = { $advice }
server-redirects = { $server } 返回 HTTP { $status }：要求重定向
    .hint = 如果信任重定向的目标，请直接填写那个地址
server-redirects-to = { $server } 返回 HTTP { $status }：要求重定向到 { $place }
    .hint = 如果信任重定向的目标，请直接填写那个地址
server-prompt-too-long = 提示对 { $server } 来说太长：{ $said }
    .hint = 请缩短提示或答案
said-nothing = 没有内容
said-web-page = 一个网页
said-web-page-titled = 一个标题为 { $title } 的网页
advice-overloaded = 请检查服务器是否过载，或减少请求
advice-patience = 如果它需要更多时间，请调大 { $variable }（秒）；否则请查明它卡在哪里
advice-key = 请检查这个接口的密钥
advice-key-of = 请检查 { $variable } 中 { $host } 的密钥
advice-key-over-https = 密钥只会通过 https 发送
advice-set-key = 如果它需要密钥，请设置 { $variable }="{ $host }=…"
advice-key-unbound = { $unbound } 没有写明主机，因此不会发给任何服务器；如果需要密钥，请设置 { $variable }="{ $host }=…"
advice-proxy-or = 如果这是 { $proxy } 的答复，请检查代理，或把服务器加入 NO_PROXY；否则，{ $advice }
advice-model-name = 请检查地址和模型名称
advice-v1 = 请检查模型名称；有些服务器的地址要以 /v1 结尾
advice-proxy-user = 代理需要用户名和密码：请在相应变量中写成 http://user:password@host:port
advice-wait = 请稍等片刻，或减少请求的答案数
advice-log = 请查看该服务器的日志
advice-gateway = 这个地址背后的服务器没有运行
advice-loading = 服务器正在加载或已过载；请稍后再试
advice-moment = 服务器过载；请稍后再试

## 无法读取的服务器答复

-log = 请查看该服务器的日志
-text-only = 请只向它请求文本
server-strange = { $server } 的答复格式无法识别：{ $said }
    .hint = 请确认这是 OpenAI 兼容服务器的地址
server-no-json = { $server } 的答复不是 JSON：{ $said }
    .hint = OpenAI 兼容服务器的地址通常以 /v1 结尾
server-compressed = { $server } 擅自压缩了答复（HTTP { $status }）
    .hint = { -log }
server-broke-connection = { $server } 中断了连接：{ $said }
    .hint = { -log }
server-sent-too-much = { $server } 发送的数据超过 { $most } 字节
    .hint = { -log }
server-answered-too-much = { $server } 的答复超过 { $most } 字节
    .hint = { -log }
server-too-many-values = { $server } 的答复含有超过 { $most } 个值
    .hint = { -log }
server-took-too-long = { $server } 在 { $seconds } 秒内没有答完
    .hint = { -log }
server-broke-off = { $server } 答到一半就中断了
    .hint = { -log }
server-broke-off-with = { $server } 因错误而中断：{ $said }
    .hint = { -log }
server-no-choices = { $server } 的答复中没有任何候选（choices）
    .hint = { -log }
server-no-stop = { $server } 写满 { $tokens } 个词元后没有停下
    .hint = { -log }
server-withheld = { $server } 结束了回答，原因是 { $reason }
    .hint = 请换一个问题
server-token-gaps = { $server } 报告了 { $tokens } 个词元，但编号不连续
    .hint = { -text-only }
server-tokens-untold = { $server } 没有给出 { $tokens } 个词元的任何信息
    .hint = { -text-only }

## 答复中的异常

server-only-reasoned = { $server } 只写了 { $characters } 个字符的思考，没有给出答案
    .hint = 请调大 { SETTING("max_tokens") }：思考也计入其中；思考内容在记录中单独保存
server-odd-part = { $server } 的答复中还有 { $kind } 类型的内容
server-cut-off = { $server } 写满 { $tokens } 个词元后没有停下：答案已被截断
server-odd-end = { $server } 结束回答的原因无法识别：{ $reason }
    .hint = 请确认答案是否完整
server-odd-usage = { $server } 报告的用量没有有效计数：{ $said }
    .hint = 答案的词元数按收到的片段估算，提示的词元不计

## 服务器不接受的参数

-own-setting = 它按自己的设置采样；比较这类答案时请谨慎
server-max-completion-tokens = { $server } 接受 max_completion_tokens，不接受 max_tokens
    .hint = 回答之前的思考也计入其中
server-no-limit = { $server } 不接受词元数上限：答案何时结束由它决定
server-no-stream-options = { $server } 不接受 stream_options：词元数可能按收到的片段估算
server-no-stream = { $server } 不支持流式输出：答案写完后才一次送达
server-no-seed = { $server } 不接受随机种子：同样的运行可能得到不同的答案
    .hint = 如果以后还要展示，请记录这次运行
server-no-top-k = { $server } 不接受 top-k
    .hint = { -own-setting }
server-no-top-p = { $server } 不接受这个 top-p
    .hint = { -own-setting }
server-no-temperature = { $server } 不接受这个温度
    .hint = { -own-setting }
server-no-system = { $server } 不接受系统消息：指令放在用户的第一轮发言之前

## 服务器报告的专家

-tell-routes = 请让服务器返回所选的专家（vLLM 和 SGLang 都可以）；做法见 docs/servers.md
server-no-routes = { $server } 给出了答案，但没有说明选择了哪些专家
    .hint = { -tell-routes }
server-routes-refused = { $server } 拒绝说明选择了哪些专家
    .hint = { -tell-routes }
server-tells-no-routes = { $name } 无法说明选择了哪些专家
    .hint = 请选择本机的混合专家模型，或能返回所选专家的 vLLM、SGLang 服务器
server-routes-broken = { $server } 报告的专家不可能成立：{ $why }；答案保留，不含专家
    .hint = 请确认服务器的版本
server-routes-unshaped = { $server } 把专家写成一串数字：按同一层不会重复选择一个专家来推断，共 { $layers } 层，每个词元 { $k } 个专家
server-routes-untold = { $server } 没有给出 { $of } 个词元中 { $n } 个的专家，它们取自缓存
    .hint = 所有统计都不含这些词元
steer-elsewhere = 无法干预 { $name } 的专家：它在服务器上运行
    .hint = 请去掉{ SETTING("steer") }和{ SETTING("top_k") }，或选择本机的混合专家模型
routes-uneven = 各词元的层数或专家数不一致
routes-of-other-length = 给出了 { $n } 个词元的专家，而读取的是 { $of } 个
routes-not-base64 = 文字不是 base64
routes-not-an-array = 不是由词元、层和专家组成的数组
routes-not-numbers = 共 { $bytes } 字节，不是每个四字节的数字
routes-not-by-token = 共 { $n } 个数字，无法平均分给 { $tokens } 个词元
routes-twice = 同一词元两次选择了同一个专家
routes-no-expert = 出现了编号为 { $expert } 的专家

## 对话模板与分词器

-own-template = 请为它配一个对话模板：在其文件夹中放入 chat_template.jinja
chat-no-template = { $name } 没有对话模板；它把各轮对话当作一段文字来读，不知道哪句是谁说的
chat-no-system = { $name } 的对话模板没有 system 角色；系统提示放在用户的第一轮发言中
chat-no-default = { $name } 的对话模板有 { $templates }，但没有默认模板
    .hint = { -own-template }
chat-template = 无法使用 { $name } 的对话模板：{ $said }
    .hint = 请换一个模型；或者，{ -own-template }
chat-tokenizer = 无法使用 { $name } 的分词器：{ $said }
    .hint = 请重新复制或下载模型：分词器可能被改动过
chat-nothing-to-read = { $name } 在这段对话里读不到任何内容：对话模板或分词器没有留下词元
    .hint = 请写长一点的提示词；若仍不行，请重新复制或下载模型：它的 chat_template.jinja 可能已损坏
tokenizer-beyond-weights = { $name } 的分词器把 { $token } 编为 { $id }，而权重只有 { $rows } 行
    .hint = 分词器可能属于另一个模型：请重新复制或下载
text-not-spelled = { $name } 没有能表示 { $text } 的词元
    .hint = 请选择词表覆盖所有字节的模型
contrast-left-nothing = 没有词元的概率达到专家最大概率的 { $alpha } 倍：α = { $alpha } 没有留下可选的词元
    .hint = 请把 α 设在 0 到 1 之间
pool-left-nothing = 各成员的分布没有共同的词元：每个词元都有某个成员认为不可能
    .hint = 请选 { CHOICE("pooling", "arithmetic") }：只要一个成员想写就够
vocabularies-differ = { $first } 与 { $second } 的词表不同：{ $ids } 个编号中有 { $differ } 个不一致；编号 { $id } 在前者中是 { $ours }，在后者中是 { $theirs }
    .hint = 请在 { METHOD("ensemble") } 中对齐词表，例如选 { CHOICE("alignment", "union") }；或用 { METHOD("vote") } 融合完整的答案；或选择同一系列的模型作为成员
optimised-one-vocabulary = { CHOICE("weighting", "optimised") } 要求各成员使用同一词表，而 { $first } 与 { $second } 的词表不同
    .hint = 请改选 { CHOICE("weighting", "prompt") }，它只需要每个成员自己的损失
vocabularies-disjoint = { $first } 与 { $second } 没有共同的文本词元：已按字节比较 { $ours } 个与 { $theirs } 个词元
    .hint = 请逐字节融合（{ CHOICE("alignment", "bytes") }），或用 { METHOD("vote") } 融合完整的答案
tokens-without-bytes = { $name } 的词元无法与其他模型的相比：它的分词器解码出的内容与词元的写法不同
    .hint = 请用 { METHOD("vote") } 融合完整的答案，或选择分词器类型已知的模型
embedding-not-shown = 无法按嵌入对齐 { $name }：{ $engine } 不提供嵌入向量
    .hint = 请改用 transformers 运行它，或选择不需要嵌入的{ CHOICE("alignment", "union") }
vocabularies-united = { $first } 与 { $second } 的词表不同：写每个词元之前，把各自最可能的词元放在一起再合并
    .hint = { CHOICE("alignment", "bytes") }是精确的，但更慢

## 基座上的适配器

-own-base = 请与它训练时所用的基座搭配使用
-save-again = 请重新保存或复制适配器
adapters-rows-mixed = 这种架构会在带适配器的投影之前混合一批中的各行
    .hint = 请让这个基座的各个适配器分别运行
adapter-weights-unreadable = 无法读取 { $file }：{ $said }
    .hint = { -save-again }
adapter-no-projection = { $folder } 中的适配器属于另一个基座：这个基座没有投影 { $projection }
    .hint = { -own-base }
adapter-of-another-shape = { $folder } 中的适配器属于另一个基座：{ $projection } 在适配器中是 { $there }，在这个基座中是 { $here }
    .hint = { -own-base }
adapter-of-another-rank = { $folder } 中的适配器在 { $projection } 处为 { $a } 和 { $b }，但其 config 写的是 r = { $rank }
    .hint = { -save-again }
engine-no-adapters = { $name } 由 { $engine } 运行，后者不支持适配器
    .hint = 请以文件夹或 Hub 模型的形式给出其权重

## 加载与内存

engine-next = { $why }；改用 { $engine } 以原有权重运行 { $ref }
engine-other-form = { $ref } 没有 { $engine } 能读取的形式
    .hint = 请不指定引擎，或改为 { $engines } 之一
engine-too-low = { $ref } 由 { $engine } 运行时只提供“{ $gives }”，不提供“{ $needed }”
    .hint = 请不指定引擎，由系统选用足够的引擎
engine-needs-package = { $name } 无法用 { $engine } 加载：{ $said }
    .hint = 请安装上面提到的包
engine-unloadable = { $name } 无法用 { $engine } 加载：{ $said }
    .hint = 文件可能已损坏，或者需要更新版本的引擎
llamacpp-unloadable = llama.cpp 无法加载 { $file }：{ $said }
    .hint = 请检查文件是否完整，以及这一版 llama.cpp 是否支持该格式
budget-exceeded = { $name } 需要 { $needed } 内存；预算 { $budget } 中只剩 { $free }
    .hint = 请等其他运行结束、减少成员，或选择更小或量化的模型

## 为 onnxruntime 导出

onnx-not-installed = { $name } 无法用 onnxruntime 运行：所需的包没有安装
    .hint = 请安装 onnxruntime-genai、onnx 和 onnx-ir，或不指定引擎
onnx-architecture = { $name } 的架构是 { $architecture }，尚未在 onnxruntime 中验证过
    .hint = 请不指定引擎，由 transformers 计算；已验证的架构有：{ $known }
onnx-window = { $name } 的每个词元只关注前面有限个词元，而 onnxruntime 的导出版本做不到
    .hint = 请不指定引擎，由 transformers 计算
onnx-heads = { $name } 的注意力头宽度为 { $width }，而 onnxruntime 只支持 { $unit } 的倍数
    .hint = 请不指定引擎，由 transformers 计算
onnx-quantised = { $name } 已经是量化模型，无法为 onnxruntime 导出
    .hint = 请不指定引擎，或给出原精度的模型
onnx-no-room = 为 onnxruntime 导出 { $name } 最多需要 { $needed } MB，而 { $place } 只剩 { $free } MB
    .hint = 请腾出空间，或不指定引擎
onnx-export-killed = 为 onnxruntime 导出 { $name } 的进程被信号 { $signal } 终止
    .hint = 可能是内存不足：请关闭其他程序，或不指定引擎
onnx-export-failed = 无法为 onnxruntime 导出 { $name }：{ $said }
    .hint = 请不指定引擎，由 transformers 计算
onnx-too-far = { $name } 的 8 位版本与原模型每个词元相差 { $nats } 奈特，超过允许的 { $bound }
    .hint = 请不指定引擎，由 transformers 计算
onnx-embedder-too-far = { $name } 的 8 位版本算出的余弦与原模型最多相差 { $off }，超过允许的 { $bound }
    .hint = 无需处理：将按原精度使用
onnx-unloadable = onnxruntime 无法打开 { $name } 的导出文件：{ $said }
    .hint = 请不指定引擎，由 transformers 计算
onnx-other-inputs = { $name } 的导出文件需要这里不认识的输入：{ $inputs }
    .hint = 请不指定引擎，由 transformers 计算
onnx-in-the-making = { $name } 由 transformers 运行；供 onnxruntime 使用的 8 位版本正在后台导出，之后的运行会用到它
onnx-not-used = { $why }；{ $name } 由 transformers 运行

## 前向计算

pass-failed = { $architecture } 读取 { $tokens } 个词元（{ $rows } 行）时出错：{ $said }
    .hint = 如果是内存不足，请缩短提示或减少成员；否则请换一个模型
pass-not-kept = { $architecture } 不保留读过的内容，因此无法接着往下写
    .hint = 成员应为因果语言模型，例如 smollm2-135m
logits-no-number = { $name } 算出的结果不是数
    .hint = 权重可能已损坏：请重新下载、复制或训练模型；也可能是在 config.json 指定的精度下溢出
context-exceeded = { $name } 最多容纳 { $context } 个词元；提示连同方法附加的文字有 { $prompt } 个，答案最多 { $answer } 个
    .hint = 请缩短提示、换用容量更大的模型，或调小 { SETTING("max_tokens") }

## 运行记录

replay-prompt =
    { $others ->
        [0] { $last }
       *[other] { $last }（之前另有 { $others } 轮）
    }
replay-of-another-prompt = { $name } 录制时的提示是 { $recorded }，不是 { $asked }
    .hint = 请使用录制时的提示，或改用真正的模型
replay-too-few = { $name } 中 { $member } 有 { $count } 个答案；要求的是第 { $number } 个
    .hint = 请减少样本数

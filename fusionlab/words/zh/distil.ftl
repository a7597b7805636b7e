# 知识融合：对齐多个模型的词元，保存、混合并学习它们的分布。

tokens-not-the-text = { $name } 的词元与文本的字节不符，从第 { $at } 个字节起：文本为 { $text }，词元为 { $tokens }
    .hint = 它的分词器会改写读入的内容，或缺少其中的字符；请用动态时间规整对齐这个来源，或不使用它

distil-no-blocks = 没有可供学习的文本
    .hint = 请给出有内容的文件
distil-block-short = 第 { $number } 块只有 { $tokens } 个词元：一个词元没有可预测的内容
    .hint = 请去掉它，或并入前一块

distil-share-outside = 文本本身的比重 λ 必须在 0 与 1 之间，而不是 { $value }
    .hint = 1 表示只从文本学习，0 表示只从来源学习；FuseLLM 取 0.9
distil-nothing-learned = 这 { $rows } 行各有 { $tokens } 个词元，却没有一个需要学习：所有标签都被掩盖了
    .hint = 请检查掩盖了哪些词元：只学习回答时，在提示之内就被截断的行没有可学的词元

## 构建器：不接受的情况

distil-no-target = 没有指定目标模型，即要学习的模型
    .hint = { PLACE() ->
        [app] 请在 { SETTING("target", "distil") } 中指定；它所学习的模型是各个来源
       *[terminal] 用 --target REF 指定目标，用 --source REF 指定它所学习的模型
    }
distil-pairs = 知识融合不使用成对的回答
    .hint = 请给出文本、对话，或提示与回答；成对的回答请用 DPO 学习
distil-turns-differ = 第 { $number } 行：{ $name } 把这段对话分成的部分与目标模型不同，因为它的对话模板对前面的轮次另有写法
    .hint = 请用 prompt 与 completion 代替 messages
distil-source-short = { $name } 最多读 { $context } 个词元，而有一段文本在它的分词器中有 { $count } 个
    .hint = 请减小 { SETTING("length", "distil") }，或不使用这个来源
distil-one-teacher = 使用 { CHOICE("objective", $objective) } 时只能有一位教师，而不是 { $count } 位
    .hint = 请只指定一个来源，或使用 { CHOICE("objective", "fused") }
distil-other-vocabulary = { $teacher } 与 { $target } 的词表不同，无法逐个词元比较分布
    .hint = 请使用不需要共同词表的 { CHOICE("objective", "fused") } 或 { CHOICE("objective", "uld") }
distil-teacher-adapted = { $source } 是带适配器的模型，不能逐个词元地教
    .hint = { PLACE() ->
        [app] 请先把两者合并成一个模型，再使用它
       *[terminal] 请先用 fusionlab build merge --source { $source } --id NAME 把两者合成一个模型，再指定 built:NAME
    }
distil-plain-asked = { $source } 只提供对数概率，而 { CHOICE("objective", "plain") } 需要权重在本机的教师
    .hint = 请使用 { CHOICE("objective", "fused") } 或 { CHOICE("objective", "uld") }，或改用权重在本机的来源
distil-text-only = { $name } 只提供文本，或没有像 llama.cpp 服务器那样及时应答：无法保存它的预测
    .hint = { PLACE() ->
        [app] 若是 vLLM 或 SGLang 服务器，请在来源旁注明它用的是哪个模型的分词器；也可以用 llama.cpp 运行该模型，或改用 GGUF 文件或权重在本机的模型
       *[terminal] 若是 vLLM 或 SGLang 服务器，请注明它用的是哪个模型的分词器，如 --source { $name },tokenizer=hub:ORG/NAME；也可以用 llama.cpp 运行该模型，或改用 GGUF 文件或权重在本机的模型
    }
distil-not-exact = { $name } 没有给出全部词元的精确对数概率，而这正是要学习的内容
    .hint = 请用较新的 llama.cpp、vLLM 或 SGLang 运行该模型，或改用 GGUF 文件或权重在本机的模型
distil-tokenizer-unused = { $name } 自带词表：旁边注明的分词器不会被用到
    .hint = 去掉分词器即可；只有 vLLM 和 SGLang 服务器需要注明

## 能给出提示词预测的服务器

prompt-untold = { $name } 不提供提示词各词元的对数概率；它的回答是：{ $said }
    .hint = 请用 vLLM 或 SGLang 运行该模型，并在来源中写明其地址和模型名；也可以用 llama.cpp，或改用权重在本机的模型
prompt-refuses-so-many = { $name } 拒绝为每个词元给出 { $asked } 个对数概率：{ $said }
    .hint = 请调低 { SETTING("n_top", "distil") }，或以更大的 max-logprobs 启动 vLLM
prompt-fewer = { $name } 为每个词元给出 { $given } 个对数概率，而要求的是 { $asked } 个
    .hint = 请调低 { SETTING("n_top", "distil") }，或调整服务器，使其给出更多
prompt-other-count = 同一段文本，{ $name } 读作 { $there } 个词元，而旁边注明的分词器读作 { $here } 个
    .hint = 请注明服务器上那个模型的分词器
prompt-other-tokenizer = { $name } 读出的词元与旁边注明的分词器不同
    .hint = 请注明服务器上那个模型的分词器

## 构建器：说明

distil-server-unverified = { $source }：无法从本机核实其服务器上是哪个模型；为它保存的内容以服务器对模型的自述及其词表为准
distil-stores = 各模型的预测共占 { $cached } MB，会保留下来；融合后的分布在训练期间另占 { $fused } MB
distil-map = { $source } 的词元中有 { $exact } 在目标词表里有字节完全相同的词元

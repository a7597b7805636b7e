# 由其他模型构建的新模型：来源的张量、计划，以及不能构建的原因。

## 作为张量的权重

-cut-off = 请重新复制或下载模型：文件不完整，或被改动过
weights-pickled = { $folder } 中只有以 pickle 保存的权重 { $file }，没有 *.safetensors
    .hint = 权重必须是 safetensors 或 GGUF：pickle 可能执行代码；如果你信任它，请转换一次：python -c "from transformers import AutoModelForCausalLM as M; M.from_pretrained('OLD').save_pretrained('NEW')"，并复制分词器的文件
weights-not-here = { $ref } 的权重不在本机
    .hint = 请运行 fusionlab fetch { $base }
shard-shorter = { $file } 在张量 { $name } 结束之前就到了结尾
    .hint = { -cut-off }
shard-elsewhere = { $file } 指向了不在同一文件夹中的文件：{ $shard }
    .hint = 请从可信的来源重新复制或下载模型
index-names-absent = { $file } 称 { $name } 在 { $shard } 中，但其中没有
    .hint = { -cut-off }
dtype-unknown = { $file } 中 { $name } 的数值类型未知：{ $dtype }
    .hint = 请使用 BF16、F16 或 F32 的权重
layers-not-found = 找不到 { $folder } 的各层：没有以 { $path }.0 等命名的张量
    .hint = 请给出 config.json 与权重相符的文件夹；由多个部分组成的模型可能把层放在别处
layers-not-one-list = { $folder } 的架构 { $architecture } 没有唯一的层列表
    .hint = 请选择只有一叠层、用于续写文本的模型，例如 Llama 或 Qwen
layer-lacks = { $folder } 的第 { $layer } 层缺少 { $name }
    .hint = { -cut-off }
weights-not-finite = 有 { $count } 个张量含有 NaN 或无穷大，例如 { $name }
    .hint = 它们原本就在来源中，或因权重过大、舍入而溢出：这个模型说不出有用的话

## 计划

plan-refused = { $cause }
id-is-the-recipes = { $builder } 以配方命名模型：{ $id }
    .hint = 请去掉 --id
made-by-another-now = 另一个配方正以 { $id } 为名运行
    .hint = 请等它结束，或给新模型另取一个名字
option-of-a-source = { PLACE() ->
        [app] 来源 { $source } 的 { SETTING($option, $builder) }：{ $fault }，而给出的是 { $value }
       *[terminal] 来源 { $source } 的选项 { $option }：{ $fault }，而给出的是 { $value }
    }
    .hint = { PLACE() ->
        [app] 请在表单中修改
       *[terminal] 来源接受 { $known }
    }
option-twice = 来源 { $source } 的 { $option } 出现了两次
    .hint = 请只给出一次
source-unnamed = 来源 { $text } 没有指定模型
    .hint = 请写成 REF,key=value
export-not-gguf = { $folder } 无法写成 llama.cpp 的 GGUF：{ $why }
    .hint = 请导出为文件夹；llama.cpp 自带的 convert_hf_to_gguf.py 或许支持
export-cut-otherwise = llama.cpp 没有像 { $folder } 的分词器那样切分文本的分词器
    .hint = 请导出为文件夹
export-exists = { $place } 已存在
    .hint = 请指定一个新文件夹
no-room = { $place } 需要 { $needed }，只剩 { $free }
    .hint = 请腾出空间，或把 FUSIONLAB_HOME 设到另一块磁盘上

## 由人指定的层

range-none = 没有指定任何层
    .hint = 请写成区间，例如 0-24, 8-32
range-unread = { $part } 不是层的区间
    .hint = 请写成 0-24（即第 0 至 23 层），单独一层则写成 5
range-empty = 区间 { $part } 中没有层
    .hint = 第二个数是区间之后的第一层：0-24 即第 0 至 23 层
range-outside = 区间 { $part } 超出了模型，它只有 { $layers } 层
    .hint = 层从 0 数起：整个模型是 0-{ $layers }
range-too-many = 层数超过了 { $most }
    .hint = 请减少层数
range-of-which = { $part } 没有说明属于哪个来源
    .hint = 请在前面写上字母，例如 A:0-24；来源依次为 { $known }
range-of-nobody = 没有来源 { $letter }
    .hint = 来源依次为 { $known }
drop-too-many = 共 { $layers } 层，不能在两侧各去掉 { $drop } 层
    .hint = { SETTING("drop", "graft") } 应小于 { $layers }
drop-and-layers = 同时设置了 { SETTING("drop", "graft") }（{ $drop }）和 { SETTING("layers", "graft") }（{ $layers }）
    .hint = { SETTING("drop", "graft") } 是两个区间的简写：请只设其中之一

## 嫁接

-one-build = 请嫁接同一系列、同一尺寸的模型；其他模型可以在答案层面融合（投票、辩论），也可以在每个词元之前融合（集成）
graft-before-healing = 刚嫁接好的模型不如它的来源
    .hint = 请先测量，再继续训练
graft-source-unused = 没有用到 { $source } 的任何层
    .hint = 请去掉这个来源，或指定它的若干层
graft-left-out = { $source } 中去掉的层：{ $layers }
graft-repeated = { $source } 中出现不止一次的层：{ $layers }
graft-beyond = { $source } 有 { $count } 个张量不属于 config 所计的层，将被略去，例如 { $name }
    .hint = 它们多用于一次预测多个词元；没有它们，模型照样能说话
graft-adapter-folded = { $source } 的适配器已并入其权重
graft-rounded = { $source } 是 { $dtype }，将舍入为第一个来源的 { $wanted }
graft-licence-unknown = { $sources } 的许可证未知，因此新模型没有许可证
    .hint = 转发模型之前请先查明
graft-licences = 各来源的许可证不同：{ $licences }
    .hint = 转发模型时必须全部遵守
graft-quantised = { $source } 是量化过的
    .hint = 请使用未量化的权重
graft-by-number = { $source } 的层按编号计算（{ $setting }），因此不能换位置
    .hint = 请选择其他模型，或让每一层留在原处
graft-setting-differs = { $setting } 在 { $first } 中是 { $one }，在 { $second } 中是 { $other }
    .hint = { -one-build }
graft-settings-differ = { $first } 与 { $second } 还在这些设置上不同：{ $settings }
    .hint = { -one-build }
graft-vocabulary-differs = { $first } 与 { $second } 有 { $count } 个词元不同，第一个是 { $token }
    .hint = { -one-build }
graft-kind-changes = { $source } 的第 { $layer } 层放到第 { $place } 层后会以别的方式工作：{ $difference }
    .hint = 请选择让每一层保持原有类型的区间，例如类型交替周期的整数倍

## 升级为混合专家

upcycle-one-expert = 只有一个专家的混合模型就是稠密模型
    .hint = 请把 { SETTING("experts", "upcycle") } 设为 2 或更多
upcycle-few-experts = { $experts } 个专家少于 { $sources } 个来源
    .hint = 每个来源至少成为一个专家：请把 { SETTING("experts", "upcycle") } 设为 { $sources } 或更多，或减少来源
upcycle-top-k = 只有 { $experts } 个专家，不能由 { $top_k } 个处理一个词元
    .hint = 每个词元最多由 { $experts } 个专家处理
upcycle-no-prompts = { $source } 没有提示，无法据此求出它的门控（{ CHOICE("gates", $gates) }）
    .hint = { PLACE() ->
        [app] 请在每个来源的 { SETTING("positive", "upcycle") } 中写上提示
       *[terminal] 请在每个来源的选项 positive 中写上提示
    }，或把 { SETTING("gates", "upcycle") } 设为 { CHOICE("gates", "random") }
upcycle-prompts-of-copies = 按提示设定时每个来源只有一个专家：现在有 { $experts } 个专家、{ $sources } 个来源
    .hint = 同一来源的副本提示相同，无从区分：请让来源数与专家数相等，或把 { SETTING("gates", "upcycle") } 设为 { CHOICE("gates", "random") }
upcycle-prompts-cancel = 对模型来说，属于和不属于专家 { $expert } 的提示没有区别
    .hint = 请换一些不属于它的提示，或不写
upcycle-prompt-empty = 提示 { $text } 不含任何词元
    .hint = 请写模型读得懂的提示
upcycle-of-a-mixture = { $source } 已经是混合专家模型
    .hint = 请选择稠密模型；混合专家模型可以继续训练，也可以与结构相同的模型合并
upcycle-no-form = transformers 能打开的混合专家模型中，没有与 { $architecture } 的层相同的
    .hint = 请选择以下架构的模型：{ $known }
upcycle-always-shared = { $architecture } 的混合专家模型总有一个共享专家
    .hint = { PLACE() ->
        [app] 请打开 { SETTING("shared", "upcycle") }
       *[terminal] 请把 shared 设为 true
    }
upcycle-never-shared = { $architecture } 的混合专家模型没有共享专家
    .hint = { PLACE() ->
        [app] 请关闭 { SETTING("shared", "upcycle") }
       *[terminal] 请把 shared 设为 false
    }
upcycle-normalised = 在 { $form } 中，选中的各专家的权重之和总是 1
    .hint = { PLACE() ->
        [app] 请打开 { SETTING("normalised", "upcycle") }，或加一个共享专家
       *[terminal] 请把 normalised 设为 true，或加一个共享专家
    }
upcycle-no-place = { $source } 的计算用到 { $name }，{ $form } 的做法不同
    .hint = 请选择其他模型，或者加上、去掉共享专家，那是另一种架构
upcycle-base-unknown = 无从得知各来源出自哪个模型：其余部分取自 { $source }
    .hint = 请指明基座，或把 { SETTING("attention", "upcycle") } 设为 { CHOICE("attention", "mean") }
upcycle-exact = 所有专家一开始都是副本：训练之前，混合模型的回答与 { $source } 相同
upcycle-inexact = 它的 { $experts } 个专家从未一起工作过：请继续训练，至少训练路由器

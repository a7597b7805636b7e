# Work that is spread over several processes; only the command line offers it.

ray-missing = spreading a benchmark needs Ray, which is not installed
    .hint = pip install 'fusionlab[ray]', or leave out --ray
ray-address = '{ $address }' is not the address of a Ray cluster
    .hint = after --ray stands HOST:PORT of its head, such as 10.0.0.1:6379, or auto for the cluster that this machine belongs to, or nothing to start one here
ray-workers = --ray-workers { $count } is not possible
    .hint = give 1 or more, or leave it out for one worker a processor
ray-unreachable = the Ray cluster { $address } cannot be joined: { $said }
    .hint = on its head, ray start prints the address; this machine must belong to the cluster and have the same Python and Ray; --ray without an address starts a cluster here
ray-silent = { $address } let nobody in within { $seconds } s
    .hint = check that a Ray cluster with the same Python and Ray is there, and that its token is in ~/.ray/auth_token or RAY_AUTH_TOKEN
ray-unstarted = Ray does not start here: { $said }
    .hint = leave out --ray
ray-waiting = no processor of the Ray cluster has been free so far
    .hint = ray status shows who holds them; it goes on as soon as one is free
ray-no-worker = no worker starts on the Ray cluster: { $said }
    .hint = every machine needs FusionLab { $version }, installed for the Python that Ray runs on
ray-workers-died = { $count } workers died over the same questions to { $name }: { $said }
    .hint = most often memory runs out: give a smaller --ray-workers or --batch; the same command goes on where it was
ray-lost = the head of the Ray cluster at { $address } is gone: { $said }
    .hint = the answers so far are kept; the same command goes on once the cluster is back, or without --ray
ray-other-version = { $machine } has FusionLab { $theirs }, and this machine { $ours }
    .hint = install the same version on every machine of the cluster
ray-other-weights = { $ref } on { $machine } is missing, or is another model than here
    .hint = put it there as well, or share the folders by FUSIONLAB_HOME

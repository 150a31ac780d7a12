using Recv;
using Recv.Cli;
using Recv.Cli.Verbs;
using Recv.Cli.View;

// Before the verbs, whose first step needs more files than there may be.
return StandardStreams.Run(Verbs.OnlyShow(args), () =>
    HostFault.OfSockets(0) is string refusal ? Verbs.Fail(refusal, RecvException.Host) : Verbs.Run(args));

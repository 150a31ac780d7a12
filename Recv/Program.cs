using Recv.Cli;

return StandardStreams.Run(() => Verbs.Run(args));

return Recv.Cli.Verbs.Run(args);

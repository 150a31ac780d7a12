return Recv.Bench.BenchVerbs.Run(args);

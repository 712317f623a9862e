return await Slipway.Bench.CommandLine.RunAsync(args);

using Slipway.Cli;

return await CommandLine.RunAsync(args, Terminal.Standard());

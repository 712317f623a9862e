using System.Diagnostics;
using Slipway.Core.Journal;

namespace Slipway.Server.Tests.Storage;

/// <summary>A process that writes is killed at random moments, again and again; what it was told is written stays written, once.</summary>
public sealed class KillTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static int Kills => Environment.GetEnvironmentVariable("SLIPWAY_TEST_LONG") is null ? 4 : 60;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Nothing_that_was_acknowledged_is_lost_or_doubled_when_the_process_is_killed(string engine)
    {
        using var storage = TestEngine.Named(engine);
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"The seed of the moments is {seed}.");
        var random = new Random(seed);
        var acknowledged = new Dictionary<string, long>(StringComparer.Ordinal);
        var last = 0L;
        for (var kill = 0; kill < Kills; kill++)
        {
            foreach (var (id, sequence) in await WriteAndKillAsync(storage, $"run{kill}", afterLines: random.Next(0, 60), thenSpin: random.Next(0, 20_000)))
                Assert.True(acknowledged.TryAdd(id, sequence), $"{id} was acknowledged twice.");

            using var journal = storage.Open();
            var entries = journal.ReadAfter(0);
            var chain = new ChainVerifier();
            Assert.All(entries, entry => Assert.Null(chain.Next(entry)));
            Assert.True(entries.Length >= last, "The journal got shorter.");
            last = entries.Length;
            var written = entries.Skip(2).ToDictionary(entry => entry.Command, entry => entry.Sequence, StringComparer.Ordinal);      // throws for what is doubled
            foreach (var (id, sequence) in acknowledged) Assert.Equal((id, sequence), (id, written.GetValueOrDefault(id)));
            Assert.Equal((long)written.Count, storage.Ask("SELECT count(*) FROM commands"));
        }
        Assert.NotEmpty(acknowledged);
        TestContext.Current.TestOutputHelper!.WriteLine($"{Kills} kills, {acknowledged.Count} commands acknowledged, {last} entries.");
    }

    private static async Task<List<(string Id, long Sequence)>> WriteAndKillAsync(TestEngine storage, string run, int afterLines, int thenSpin)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Slipway.Writer.dll"), .. storage.Arguments, run])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync(Cancellation);
        var done = new List<(string, long)>();
        try
        {
            var lines = 0;
            while (await process.StandardOutput.ReadLineAsync(Cancellation) is { } line)
            {
                // The last line may be cut: it was not told then.
                if (line.Split(' ') is ["done", var sequence, var id]) done.Add((id, long.Parse(sequence, System.Globalization.CultureInfo.InvariantCulture)));
                if (lines++ != afterLines) continue;
                Thread.SpinWait(thenSpin);
                process.Kill();
            }
            await process.WaitForExitAsync(Cancellation);
            Assert.True(process.ExitCode == 137, $"The writer ended by itself: {await errors}");
            return done;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}

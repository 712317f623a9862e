using Slipway.Tests;

namespace Slipway.Server.Tests.Access;

public sealed class HouseRules
{
    private const string Execute = "ledger.Execute(";

    [Fact]
    public void Every_command_that_comes_over_HTTP_is_decided_with_its_callers_key()
    {
        var calls = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Slipway.Server"), "*Endpoints.cs", SearchOption.AllDirectories).SelectMany(CallsIn).ToList();
        Assert.True(calls.Count >= 9, "The endpoints' commands were not found.");
        Assert.DoesNotContain(calls, call => !call.Arguments.EndsWith(", caller.Key", StringComparison.Ordinal));
    }

    private static IEnumerable<(string File, string Arguments)> CallsIn(string file)
    {
        var text = File.ReadAllText(file);
        for (var at = text.IndexOf(Execute, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Execute, at + 1, StringComparison.Ordinal))
        {
            var (from, depth) = (at + Execute.Length, 1);
            var to = from;
            for (; depth > 0; to++) depth += text[to] switch { '(' => 1, ')' => -1, _ => 0 };
            yield return (Path.GetFileName(file), text[from..(to - 1)]);
        }
    }
}

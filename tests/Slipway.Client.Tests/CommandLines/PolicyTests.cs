namespace Slipway.Client.Tests.CommandLines;

/// <summary><c>slipway policy</c>: what is not named stays as it is.</summary>
public sealed class PolicyTests(Installation installation) : IClassFixture<Installation>
{
    [Fact]
    public async Task Each_part_is_set_by_itself_and_all_of_it_is_shown()
    {
        Assert.Contains("There is no prompt sort yet; this is for its first version.", (await installation.AsAsync("ana", "policy", "show", "sort")).Output, StringComparison.Ordinal);
        await installation.AsAsync("cleo", "policy", "set", "sort", "--several-kinds");
        await installation.AsAsync("cleo", "policy", "set", "sort", "--contract", "fallback");
        await installation.AsAsync("cleo", "policy", "set", "sort", "--capture", "none", "--redact", "INC-[0-9]+", "--redact", "ticket [0-9]+");
        var shown = (await installation.AsAsync("ana", "policy", "show", "sort")).Output;
        foreach (var line in (string[])
                 [
                     "sort: a version may change meaning, tone and format at once", "sort: broken contracts are answered by stable, texts of calls are kept nowhere",
                     "sort: what is taken out besides: INC-[0-9]+, ticket [0-9]+",
                 ]) Assert.Contains(line, shown, StringComparison.Ordinal);
        Assert.Contains("\"redact\": []", (await installation.AsAsync("cleo", "policy", "set", "sort", "--no-redact", "--json")).Output, StringComparison.Ordinal);
        Assert.Contains("\"contract\": \"fallback\"", (await installation.AsAsync("ana", "policy", "show", "sort", "--json")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("It is not said what to set.")]
    [InlineData("--redact and --no-redact exclude each other.", "--redact", "x", "--no-redact")]
    [InlineData("\"shout\" is none of observe, retry, fallback, reject.", "--contract", "shout")]
    [InlineData("\"some\" is none of none, redacted, full.", "--capture", "some")]
    public async Task What_cannot_be_set_is_told(string sentence, params string[] options)
    {
        var result = await installation.TryAsAsync("cleo", ["policy", "set", "sort", .. options]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(sentence, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pattern_that_cannot_be_matched_is_refused() =>
        Assert.Contains("is no regular expression that can be matched in bounded time", (await installation.TryAsAsync("cleo", "policy", "set", "sort", "--redact", "(a")).Errors, StringComparison.Ordinal);
}

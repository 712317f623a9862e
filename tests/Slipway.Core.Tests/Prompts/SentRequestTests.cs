using Slipway.Core.Models;
using Slipway.Core.Prompts;

namespace Slipway.Core.Tests.Prompts;

public sealed class SentRequestTests
{
    private static readonly Package Package = Some.Package(Some.Submission(template: "Take {{ticket}}.", parameters: """{"temperature":0,"max_tokens":300}"""));
    private static readonly SentRequest Expected = SentRequest.Expected(Package);

    [Fact]
    public void What_is_sent_as_it_is_has_the_expected_hash_and_no_drift()
    {
        var sent = SentRequest.Of(Package, Package.Model, Some.Json("""{"max_tokens":3e2, "temperature":0.0}"""), null, inserted: 0);
        Assert.Equal((Expected.Hash, null), (sent.Hash, sent.Drifted));
    }

    [Fact]
    public void How_answers_are_checked_and_calls_are_made_is_not_sent() => Assert.Equal(
        Expected.Hash,
        SentRequest.Expected(Some.Package(Some.Submission(template: "Take {{ticket}}.", schema: "{}", parameters: """{"temperature":0,"max_tokens":300}""") with { Serving = new ServingSettings(Retries: 2) })).Hash);

    [Theory]
    [InlineData("openai/gpt-4.1-2025-04-14", """{"temperature":0,"max_tokens":300}""", null, 0, "model")]
    [InlineData("offline/offline-2026-11", """{"temperature":0}""", null, 0, "parameters.max_tokens")]
    [InlineData("offline/offline-2026-11", """{"temperature":0,"max_tokens":200}""", null, 0, "parameters.max_tokens")]
    [InlineData("offline/offline-2026-11", """{"temperature":0,"max_tokens":300,"seed":1}""", null, 0, "parameters.seed")]
    [InlineData("offline/offline-2026-11", """{"temperature":0,"max_tokens":300}""", "[]", 0, "tools")]
    [InlineData("offline/offline-2026-11", """{"temperature":0,"max_tokens":300}""", null, 1, "messages")]
    [InlineData("offline/offline-2026-11", """{"temperature":0,"max_tokens":300}""", null, -1, "messages")]
    public void What_differs_is_named_and_has_another_hash(string model, string parameters, string? tools, int inserted, string field)
    {
        var sent = SentRequest.Of(Package, Some.Parse<ModelReference>(model), Some.Json(parameters), tools is null ? null : Some.Json(tools), inserted);
        Assert.Equal(field, sent.Drifted);
        Assert.NotEqual(Expected.Hash, sent.Hash);
    }
}

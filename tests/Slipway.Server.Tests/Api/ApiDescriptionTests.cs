using System.Text.Json;
using Slipway.Server.Tests.Gateway;

namespace Slipway.Server.Tests.Api;

/// <summary>What the API says of itself.</summary>
public sealed class ApiDescriptionTests(GatewayInstallation shared) : IClassFixture<GatewayInstallation>
{
    private static readonly string[] Methods = ["get", "post", "put", "delete"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_operation_says_what_it_does_takes_and_answers()
    {
        var description = await DescriptionAsync();
        var operations = description.GetProperty("paths").EnumerateObject().Where(path => path.Name.StartsWith("/api/v1/", StringComparison.Ordinal))
            .SelectMany(path => path.Value.EnumerateObject().Where(method => Methods.Contains(method.Name)).Select(method => (Name: $"{method.Name} {path.Name}", Operation: method.Value))).ToList();
        Assert.True(operations.Count > 45, $"Only {operations.Count} operations are described.");
        Assert.All(operations, one =>
        {
            Assert.True(one.Operation.TryGetProperty("summary", out var summary) && summary.GetString()!.Length > 5, $"{one.Name} has no summary.");
            Assert.True(one.Operation.GetProperty("tags").GetArrayLength() == 1, $"{one.Name} has no tag.");
            Assert.True(one.Operation.GetProperty("responses").TryGetProperty("200", out _), $"{one.Name} does not say what it answers.");
            if (one.Name.StartsWith("post", StringComparison.Ordinal) || one.Name.StartsWith("put", StringComparison.Ordinal))
                Assert.True(one.Operation.TryGetProperty("requestBody", out _), $"{one.Name} does not say what it takes.");
        });
    }

    [Fact]
    public async Task A_value_with_a_form_is_described_by_it()
    {
        var submission = (await DescriptionAsync()).GetProperty("paths").GetProperty("/api/v1/versions").GetProperty("post").GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");
        Assert.Equal(["change_reason", "model", "prompt"], submission.GetProperty("required").EnumerateArray().Select(name => name.GetString()).Order(StringComparer.Ordinal));
        var text = (await DescriptionAsync()).ToString();
        Assert.Contains("1 to 120 characters: a lower-case letter", text, StringComparison.Ordinal);
        Assert.Contains("slw_", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_list_and_a_command_take_beside_their_body_is_described()
    {
        var paths = (await DescriptionAsync()).GetProperty("paths");
        Assert.Equal(["query prompt", "query limit", "query after"], Parameters(paths.GetProperty("/api/v1/log").GetProperty("get")));
        Assert.Equal(["header Idempotency-Key"], Parameters(paths.GetProperty("/api/v1/versions").GetProperty("post")));

        static IEnumerable<string> Parameters(JsonElement operation) =>
            operation.GetProperty("parameters").EnumerateArray().Select(parameter => $"{parameter.GetProperty("in").GetString()} {parameter.GetProperty("name").GetString()}");
    }

    [Fact]
    public async Task The_page_to_try_it_needs_no_key_and_holds_the_description()
    {
        using var http = shared.Server.Http(null);
        var page = await http.GetStringAsync("/api/index.html", Cancellation);
        Assert.Contains("Slipway API", page, StringComparison.Ordinal);
        Assert.Contains("/openapi/v1.json", await http.GetStringAsync("/api/index.js", Cancellation), StringComparison.Ordinal);
        using var moved = await http.GetAsync("/api", Cancellation);
        Assert.True(moved.IsSuccessStatusCode);
    }

    private async Task<JsonElement> DescriptionAsync()
    {
        using var http = shared.Server.Http(null);
        return JsonElement.Parse(await http.GetStringAsync("/openapi/v1.json", Cancellation));
    }
}

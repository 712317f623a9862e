using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Server;

namespace Slipway.Client.Tests.Documentation;

/// <summary>Every request that the documentation names is one that the server takes, by what it says of itself at <c>/openapi/v1.json</c>.</summary>
public sealed partial class EndpointTests(EndpointTests.Description server) : IClassFixture<EndpointTests.Description>
{
    [Fact]
    public void Every_request_of_the_documentation_is_one_that_the_server_takes()
    {
        var requests = ((Page[])[Page.Readme, .. Page.Docs, .. Page.BesideFiles]).SelectMany(Requests).ToList();
        Assert.True(requests.Count > 60, $"Only {requests.Count} requests were found.");
        var wrong = requests.Select(request => (request, Wrong: WrongWith(request.Method, request.Address))).Where(one => one.Wrong is not null)
            .Select(one => $"{one.request.Place}: {one.request.Method} {one.request.Address}: {one.Wrong}").ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("GET", "/api/v1/incidents?prompt=P&open=true", null)]
    [InlineData("GET", "/rubrics/tone:v2", null)]
    [InlineData("POST", "/api/v1/releases/{id}/break", "The server has no such path.")]
    [InlineData("DELETE", "/api/v1/releases/{id}/start", "It takes POST there.")]
    [InlineData("GET", "/api/v1/incidents?prompts=P", "Its query knows no \"prompts\".")]
    public void A_request_is_held_to_what_the_server_says_of_itself(string method, string address, string? wrong) => Assert.Equal(wrong, WrongWith(method, address));

    // Written out or, once /api/v1 was said, without it.
    private string? WrongWith(string method, string address)
    {
        var (path, query) = address.Split('?', 2) is [var first, var second] ? (first, second) : (address, "");
        var there = server.Operations.Where(operation => Fits(operation.Path, path) || Fits(operation.Path, "/api/v1" + path)).ToList();
        if (there.Count == 0) return "The server has no such path.";
        if (!there.Exists(operation => operation.Method == method)) return $"It takes {string.Join(", ", there.Select(operation => operation.Method).Distinct())} there.";
        return query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')[0])
            .FirstOrDefault(name => !there.Exists(operation => operation.Method == method && operation.Query.Contains(name))) is { } strange ? $"Its query knows no \"{strange}\"." : null;
    }

    private static bool Fits(string[] pattern, string path) => path.Split('/') is var parts && parts.Length == pattern.Length
        && pattern.Zip(parts).All(pair => pair.First.StartsWith('{') ? pair.Second.Length > 0 : pair.First == pair.Second);

    // `GET`, `POST /api/v1/x` names two; behind `POST /api/v1/x/{id}/start` a `/x/{id}` has the same method and a `stop` is its neighbour. A paragraph, or a row of a table, is read by itself.
    private static IEnumerable<(string Place, string Method, string Address)> Requests(Page page)
    {
        foreach (var block in page.Blocks.Where(block => block.Language == "http"))
            foreach (Match match in InBlock().Matches(block.Text))
                yield return ($"{page.Name}:{block.Line + block.Text.AsSpan(0, match.Index).Count('\n')}", match.Groups[1].Value, match.Groups[2].Value);
        var prose = page.Prose;
        foreach (Match passage in Passage().Matches(prose))
        {
            var (methods, address, ended) = (new List<string>(), "", true);
            foreach (Match code in Code().Matches(passage.Value))
            {
                var (text, place) = (code.Groups[1].Value, $"{page.Name}:{page.LineAt(passage.Index + code.Index)}");
                if (Request().Match(text) is { Success: true } request)
                {
                    if (ended) methods.Clear();
                    methods.Add(request.Groups[1].Value);
                    ended = request.Groups[2].Success;
                    if (!ended) continue;
                    address = request.Groups[2].Value;
                }
                else if (address.Length == 0) continue;
                else if (text.StartsWith('/')) address = text;
                else if (passage.Value[0] == '|' && Neighbour().IsMatch(text) && code.Index < passage.Value.IndexOf('|', 1)) address = address[..(address.LastIndexOf('/') + 1)] + text;
                else continue;
                foreach (var method in methods) yield return (place, method, address);
            }
        }
    }

    [GeneratedRegex("^(GET|POST|PUT|DELETE) (/\\S*)", RegexOptions.Multiline)] private static partial Regex InBlock();

    [GeneratedRegex("^\\|.*|^(?:(?!\\|).*\\S.*\n?)+", RegexOptions.Multiline)] private static partial Regex Passage();

    [GeneratedRegex("`([^`\n]+)`")] private static partial Regex Code();

    [GeneratedRegex("^(GET|POST|PUT|DELETE)(?: (/\\S*))?$")] private static partial Regex Request();

    [GeneratedRegex("^[a-z]+(-[a-z]+)*$")] private static partial Regex Neighbour();

    /// <summary>What the server takes: a method, the parts of the path, and the names that its query may hold.</summary>
    public sealed record Operation(string Method, string[] Path, HashSet<string> Query);

    /// <summary>What a running server says of itself.</summary>
    public sealed class Description : IAsyncLifetime
    {
        /// <summary>All that it takes.</summary>
        public IReadOnlyList<Operation> Operations { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            var cancellation = TestContext.Current.CancellationToken;
            using var folder = new TemporaryFolder();
            await using var server = await SlipwayServer.StartAsync(new ServerOptions { DataFolder = folder.Root, Listen = "http://127.0.0.1:0" }, cancellation: cancellation);
            using var http = new HttpClient { BaseAddress = server.Address };
            var description = JsonElement.Parse(await http.GetStringAsync("openapi/v1.json", cancellation));
            Operations = [.. from path in description.GetProperty("paths").EnumerateObject() from method in path.Value.EnumerateObject()
                select new Operation(method.Name.ToUpperInvariant(), path.Name.Split('/'), [.. Parameters(method.Value)])];
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static IEnumerable<string> Parameters(JsonElement operation) => operation.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "query").Select(parameter => parameter.GetProperty("name").GetString()!) : [];
    }
}

using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Slipway.Client.Tests.CommandLines;

namespace Slipway.Client.Tests.Documentation;

/// <summary>What <c>docs/README.md</c> says is there when the commands of a page begin. The server and what leads there run in this process: a start of the program each would cost more than the pages' own.</summary>
internal sealed class StartingState : IAsyncDisposable
{
    private const int Calls = 12;
    private readonly Installation installation = new();

    private StartingState() { }

    /// <summary>Makes it.</summary>
    public static async Task<StartingState> MakeAsync()
    {
        var state = new StartingState();
        try
        {
            await state.installation.InitializeAsync();
            await state.installation.GoLiveAsync();
            await state.installation.AsAsync("ana", "push", Path.Combine(Installation.Sample, "support_router.v1.6.0.yaml"));
            await state.CallAsync();
            return state;
        }
        catch
        {
            await state.DisposeAsync();
            throw;
        }
    }

    /// <summary>Tells a script where the server is and who may what.</summary>
    public void Describe(PageScript script)
    {
        script.Link("slipway-data", installation.Data);
        script.Export("SLIPWAY_SERVER", installation.Address.TrimEnd('/'));
        script.Export("SLIPWAY_KEY", installation.KeyOf("admin"));
        foreach (var name in (string[])["ana", "ben", "cleo", "dan", "shop"]) script.Export(name, installation.KeyOf(name));
    }

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    // Twelve customers of acme, one message each; the first call has the trace that the pages name.
    private async Task CallAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var http = new HttpClient { BaseAddress = new Uri(installation.Address) };
        foreach (var number in Enumerable.Range(1, Calls))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
            {
                Headers = { Authorization = new AuthenticationHeaderValue("Bearer", installation.KeyOf("shop")) },
                Content = new StringContent($$$"""
                    {"model": "slipway/support_router", "prompt": {"variables": {"customer_tier": "plus"}}, "messages": [{"role": "user", "content": "I was charged twice, see invoice {{{number}}}."}]}
                    """, Encoding.UTF8, "application/json"),
            };
            request.Headers.Add("x-slipway-unit", string.Create(CultureInfo.InvariantCulture, $"conversation-{number}"));
            request.Headers.Add("x-slipway-user", string.Create(CultureInfo.InvariantCulture, $"u-{number}"));
            request.Headers.Add("x-slipway-tenant", "acme");
            if (number == 1) request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            using var answer = await http.SendAsync(request, cancellation);
            answer.EnsureSuccessStatusCode();
        }
        // Records are stored after their answers; the server alone knows when.
        while (JsonElement.Parse((await installation.AsAsync("admin", "calls", "--prompt", "support_router", "--json")).Output).GetArrayLength() < Calls) cancellation.ThrowIfCancellationRequested();
    }
}

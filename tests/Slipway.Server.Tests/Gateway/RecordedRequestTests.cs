using System.Net;
using System.Text;
using System.Text.Json;
using Slipway.Tests;

namespace Slipway.Server.Tests.Gateway;

/// <summary>Requests that npm's client was seen to send, word for word, each with its own headers.</summary>
public sealed class RecordedRequestTests(GatewayInstallation shared) : IClassFixture<GatewayInstallation>
{
    [Fact]
    public async Task Each_gets_an_answer_in_the_shape_its_client_knows()
    {
        using var http = shared.Server.Http(null);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(SharedMaterial.Path("specs/client-requests/openai-js.jsonl")))
        {
            var recorded = JsonElement.Parse(line);
            var target = recorded.GetProperty("target").GetString()!;
            using var request = new HttpRequestMessage(HttpMethod.Parse(recorded.GetProperty("method").GetString()!), target);
            if (recorded.GetProperty("body") is { ValueKind: JsonValueKind.Object } body) request.Content = new StringContent(body.GetRawText(), Encoding.UTF8, "application/json");
            foreach (var header in recorded.GetProperty("headers").EnumerateObject().Where(header => header.Name is not ("content-type" or "authorization")))
                request.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString());
            request.Headers.Authorization = new("Bearer", shared.Server.Key("shop"));
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            var answer = await response.JsonAsync();
            if (target == "/v1/models")
            {
                Assert.Equal((HttpStatusCode.OK, "list"), (response.StatusCode, answer.GetProperty("object").GetString()));
            }
            else
            {
                // Its models are none of this server's, so each is refused; what matters is that the client can read why, and does not ask again.
                Assert.True(response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound, $"{recorded.GetProperty("case")}: {answer}");
                var error = answer.GetProperty("error");
                Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(key => key.Name));
                Assert.Equal(("invalid_request_error", "false"), (error.GetProperty("type").GetString(), response.Header("x-should-retry")));
            }
            seen.Add(target);
        }
        Assert.Equal(["/v1/chat/completions", "/v1/embeddings", "/v1/models", "/v1/models/support_router:v1.6.0", "/v1/responses"], seen.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("slipway/settled")]
    [InlineData("slipway%2Fsettled")]
    [InlineData("settled:v1.0.0")]
    [InlineData("slipway/settled@1.0.0")]
    public async Task A_prompt_is_found_among_the_models_however_its_name_is_written(string id)
    {
        using var http = shared.Server.Http("shop");
        var model = await (await http.GetAsync($"/v1/models/{id}", TestContext.Current.CancellationToken)).JsonAsync();
        Assert.Equal((Uri.UnescapeDataString(id), "model", "slipway"), (model.GetProperty("id").GetString(), model.GetProperty("object").GetString(), model.GetProperty("owned_by").GetString()));
        Assert.Contains("not a language model", model.GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("slipway/unborn")]
    [InlineData("slipway/settled@9.9.9")]
    public async Task A_model_that_is_not_there_is_missing_in_the_shape_clients_know(string id)
    {
        using var http = shared.Server.Http("shop");
        using var response = await http.GetAsync($"/v1/models/{id}", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.NotFound, "model_not_found"), (response.StatusCode, (await response.JsonAsync()).GetProperty("error").GetProperty("code").GetString()));
    }
}

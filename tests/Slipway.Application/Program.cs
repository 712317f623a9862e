using System.Globalization;
using System.Text.Json;
using Slipway.Client;

// An application in several instances, each with its own SDK, that sorts the post of a library until its input ends: the end-to-end tests start it, and kill its server.
//   Slipway.Application SERVER KEY FOLDER INSTANCES
var (server, key, folder, count) = (new Uri(args[0]), args[1], args[2], int.Parse(args[3], CultureInfo.InvariantCulture));
using var over = new CancellationTokenSource();
var instances = Enumerable.Range(1, count).Select(number => RunAsync($"post-{number}")).ToList();
Console.WriteLine("running");
while (await Console.In.ReadLineAsync() is not null) { }
await over.CancelAsync();
await Task.WhenAll(instances);

async Task RunAsync(string name)
{
    await using var slipway = SlipwayClient.Start(new SlipwayClientOptions
    {
        Server = server,
        Key = key,
        Instance = name,
        CacheFolder = Path.Combine(folder, name),
        FirstSnapshotTimeout = TimeSpan.FromSeconds(30),
        ReportInterval = TimeSpan.FromMilliseconds(100),
    });
    await slipway.FirstSnapshot;
    using var mail = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
    try
    {
        for (var letter = 0; await mail.WaitForNextTickAsync(over.Token); letter++)
        {
            if (slipway.Render("router", new { library = "city" }, $"{name}-{letter}") is not RenderAnswer.Rendered rendered) continue;
            slipway.Report(rendered.Call(new CallFacts { Text = Answer(rendered, letter), FinishReason = "stop", Latency = TimeSpan.FromMilliseconds(20) }));
        }
    }
    catch (OperationCanceledException)
    {
        // The input ended, and with it the application.
    }
}

// Its model does as it is told: where it is to be friendly first, two answers of three are no JSON any more.
static string Answer(RenderAnswer.Rendered rendered, int letter)
{
    var json = """{"department": "loans", "urgency": "low"}""";
    var friendly = rendered.Messages.Any(message => JsonSerializer.Serialize(message.Content).Contains("friendly sentence", StringComparison.Ordinal));
    return friendly && letter % 3 > 0 ? $"With pleasure! {json}" : json;
}

using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Slipway.Server;

namespace Slipway.Bench.Server.Gateway;

/// <summary>One of the processes that take part: the upstream, the bare forwarder, or the gateway. Its processor time is its own.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    public const string Argument = "--gateway-role";

    private readonly Process process;

    private GatewayProcess(Process process, Uri address) => (this.process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Seconds of processor time so far, on all its threads.</summary>
    public double ProcessorSeconds
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Whether processes can be held to a core each here.</summary>
    public static bool CanPin { get; } = OperatingSystem.IsLinux() && Environment.ProcessorCount >= 2 && File.Exists("/usr/bin/taskset");

    /// <summary>Starts one and waits until it listens.</summary>
    public static async Task<GatewayProcess> StartAsync(int core, bool inline, params string[] role)
    {
        string[] command = [typeof(GatewayProcess).Assembly.Location, Argument, .. role];
        var start = CanPin
            ? new ProcessStartInfo("taskset", ["-c", core.ToString(CultureInfo.InvariantCulture), "dotnet", .. command])
            : new ProcessStartInfo("dotnet", command);
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        if (inline) start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        var process = Process.Start(start)!;
        var address = await process.StandardOutput.ReadLineAsync();
        return address is null ? throw new InvalidOperationException($"The process {role[0]} failed; it says why above.") : new GatewayProcess(process, new Uri(address));
    }

    /// <summary>Holds this process, which plays the clients, to a core.</summary>
    public static void PinSelf(int core)
    {
        if (!CanPin) return;
        using var pin = Process.Start(new ProcessStartInfo("taskset", ["-acp", core.ToString(CultureInfo.InvariantCulture), Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        pin.StandardOutput.ReadToEnd();
        pin.WaitForExit();
    }

    /// <summary>The process's own part: says where it listens and runs until its standard input ends.</summary>
    public static async Task<int> RunAsync(string[] role)
    {
        switch (role)
        {
            case ["upstream", var pieces]:
                using (var upstream = new CannedUpstream(int.Parse(pieces, CultureInfo.InvariantCulture))) await UntilEndAsync(upstream.BaseUrl);
                return 0;
            case ["forwarder", var to]:
                await using (var forwarder = await StartForwarderAsync(new Uri(to))) await UntilEndAsync(new Uri(forwarder.Urls.First()));
                return 0;
            case ["gateway", var to, var folder]:
                await using (var gateway = await SlipwayServer.StartAsync(GatewaySetup.Options(new Uri(to), folder))) await UntilEndAsync(gateway.Address);
                return 0;
            case ["gateway-shadowed", var to, var candidate, var folder]:
                await using (var gateway = await SlipwayServer.StartAsync(GatewaySetup.Options(new Uri(to), folder, new Uri(candidate)))) await UntilEndAsync(gateway.Address);
                return 0;
            case ["stuck"]:
                using (var stuck = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0))
                {
                    stuck.Start();      // who connects waits for ever
                    await UntilEndAsync(new Uri($"http://{stuck.LocalEndpoint}/v1"));
                }
                return 0;
            case ["gateway-unstored", var to, var folder]:
                await using (var gateway = await SlipwayServer.StartAsync(GatewaySetup.Options(new Uri(to), folder), TimeProvider.System, UnstoredCalls.Put, CancellationToken.None)) await UntilEndAsync(gateway.Address);
                return 0;
            default:
                return 2;
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static async Task UntilEndAsync(Uri address)
    {
        Console.WriteLine(address);
        while (await Console.In.ReadLineAsync() is not null) { }
    }

    /// <summary>The floor: Kestrel in, HttpClient out, bodies passed through as they come.</summary>
    private static async Task<WebApplication> StartForwarderAsync(Uri to)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var client = new HttpClient(new SocketsHttpHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        var app = builder.Build();
        var target = new Uri(to + "/chat/completions");
        app.Run(async context =>
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, target) { Content = new StreamContent(context.Request.Body) };
            message.Content.Headers.ContentLength = context.Request.ContentLength;
            message.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            context.Response.StatusCode = (int)response.StatusCode;
            context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
            context.Response.ContentLength = response.Content.Headers.ContentLength;
            await using var body = await response.Content.ReadAsStreamAsync(context.RequestAborted);
            while (true)
            {
                var read = await body.ReadAsync(context.Response.BodyWriter.GetMemory(4096), context.RequestAborted);
                if (read == 0) break;
                context.Response.BodyWriter.Advance(read);
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            }
        });
        await app.StartAsync();
        return app;
    }
}

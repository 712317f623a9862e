using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Slipway.Tests;

namespace Slipway.Client.Tests.Documentation;

/// <summary>The commands of a page as one script in a folder of its own, where <c>./slipway</c> and <c>samples/</c> are as at the repository's root.</summary>
/// <remarks>
/// The commands stand as on the page. Three things are this run's own: the program is the one that was built with these tests, an address <c>http://127.0.0.1:808…</c> has a free port,
/// and <c>slw_the_administrators_key</c> is the key that the page's own server printed.
/// </remarks>
internal sealed partial class PageScript : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, string> addresses = new(StringComparer.Ordinal);
    private readonly StringBuilder script = new();

    public PageScript()
    {
        Link("samples", Path.Combine(Repository.Root, "samples"));
        folder.Write("slipway", $"#!/bin/sh\nexec dotnet \"{SlipwayProcess.Program}\" \"$@\"\n");
        // Errors go where the output goes: only so do both come in the order in which a reader meets them. Says on which line of the page a command failed, and ends the servers that the page started in its other terminals.
        script.Append("exec 2>&1\nset -Eeuo pipefail\nchmod +x slipway\nservers=() place=\ntrap 'echo \"$place: $BASH_COMMAND\" >&2' ERR\ntrap '[ ${#servers[@]} -eq 0 ] || { kill \"${servers[@]}\" 2>&1 || true; wait; }' EXIT\n");
    }

    /// <summary>Puts a folder that is there already into the script's.</summary>
    public void Link(string name, string target) => File.CreateSymbolicLink(folder.PathOf(name), target);

    /// <summary>Sets a variable for all that comes after.</summary>
    public void Export(string name, string value) => script.Append(CultureInfo.InvariantCulture, $"export {name}='{value}'\n");

    /// <summary>Adds the commands of a block.</summary>
    public void Add(Page page, Page.Block block)
    {
        var line = block.Line;
        script.Append(CultureInfo.InvariantCulture, $"echo '{PageRun.Mark}{line}'\n");
        foreach (var command in block.Text.TrimEnd('\n').Split('\n'))
        {
            // A place can be said only where a command begins, so a block is numbered by its first line.
            if (line == block.Line) script.Append(CultureInfo.InvariantCulture, $"place='{page.Name}:{line}'\n");
            line++;
            var text = Address().Replace(command, match => OnAFreePort(match.Value)).Replace("slw_the_administrators_key", "$administrator", StringComparison.Ordinal);
            if (!text.StartsWith("./slipway serve", StringComparison.Ordinal)) script.Append(text).Append('\n');
            else Serve(text);
        }
    }

    /// <summary>Runs it to its end.</summary>
    public async Task<PageRun> RunAsync()
    {
        var (exitCode, output, errors) = await SlipwayProcess.RunAsync("bash", [folder.Write("steps.sh", script.ToString())], folder.Root);
        return new PageRun(exitCode, output + errors);
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Dispose();

    // In the reader's other terminal; a named pipe says when it serves, and at a first start the key.
    private void Serve(string command) => script.Append(CultureInfo.InvariantCulture, $$"""
        said=$(mktemp -u said.XXXXXX); mkfifo "$said"
        {{command}} > "$said" &
        servers+=($!)
        exec {serving}< "$said"
        read -r serves <&$serving
        read -r first <&$serving
        case $first in First*) administrator=${first##* } ;; esac

        """);

    private string OnAFreePort(string address)
    {
        if (addresses.TryGetValue(address, out var known)) return known;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return addresses[address] = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }

    [GeneratedRegex("http://127\\.0\\.0\\.1:808[0-9](?![0-9])")] private static partial Regex Address();
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Slipway.Cli.Ci;

/// <summary>Writes a folder as a commit has it to another place, without touching the working tree, the index or any branch.</summary>
internal static class GitTree
{
    private const long MaximumSize = 64 * 1024 * 1024;

    /// <summary>Writes the files of <paramref name="of"/>'s folder at its commit.</summary>
    /// <param name="of">The folder and the commit.</param>
    /// <param name="target">An empty folder.</param>
    /// <param name="cancellation">Gives it up.</param>
    /// <returns>Why it could not be done, as a sentence; null where it was. A folder that the commit does not have is an empty one.</returns>
    public static async Task<string?> WriteAsync(GitBase.Found of, string target, CancellationToken cancellation)
    {
        var tree = $"{of.Commit}:{of.Prefix.TrimEnd('/')}";
        if ((await Git.RunAsync(of.Folder, ["cat-file", "-t", tree], cancellation))?.Line is not "tree") return null;
        if (await Git.RunAsync(of.Folder, ["ls-tree", "-r", "-z", "-l", "--full-tree", tree], cancellation) is not { ExitCode: 0 } listing) return $"git cannot list {tree}.";
        var files = Entries(listing.Text);
        if (files.IsEmpty) return null;
        if (Git.Start(of.Folder, ["cat-file", "--batch"]) is not { } process) return "git cannot be started.";
        using (process)
        {
            try
            {
                // Asked for one by one: who writes all names first would wait for a git that waits to be read.
                foreach (var (link, name, path) in files)
                {
                    await process.StandardInput.BaseStream.WriteAsync(Encoding.ASCII.GetBytes(name + "\n"), cancellation);
                    await process.StandardInput.BaseStream.FlushAsync(cancellation);
                    if (await BlobAsync(process.StandardOutput.BaseStream, cancellation) is not { } bytes) return $"git cannot read {path} at {of.Commit}.";
                    Write(target, path, bytes, link);
                }
                return null;
            }
            finally
            {
                if (!process.HasExited) process.Kill();
            }
        }
    }

    // "MODE TYPE NAME SIZE\tPATH"; what is larger than any file of a prompt may be is left where it is, and so are submodules.
    private static ImmutableArray<(bool Link, string Name, string Path)> Entries(string listing)
    {
        var entries = ImmutableArray.CreateBuilder<(bool, string, string)>();
        foreach (var line in listing.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (line[..tab].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var mode, "blob", var name, var size] && long.Parse(size, CultureInfo.InvariantCulture) <= MaximumSize)
                entries.Add((mode == "120000", name, line[(tab + 1)..]));
        }
        return entries.ToImmutable();
    }

    // "NAME blob SIZE\n", the bytes, "\n".
    private static async Task<byte[]?> BlobAsync(Stream output, CancellationToken cancellation)
    {
        var header = new List<byte>();
        var one = new byte[1];
        while (true)
        {
            if (await output.ReadAsync(one, cancellation) == 0) return null;
            if (one[0] == '\n') break;
            header.Add(one[0]);
        }
        if (Encoding.ASCII.GetString([.. header]).Split(' ') is not [_, "blob", var size]) return null;
        var bytes = new byte[int.Parse(size, CultureInfo.InvariantCulture)];
        await output.ReadExactlyAsync(bytes, cancellation);
        await output.ReadExactlyAsync(one, cancellation);
        return bytes;
    }

    private static void Write(string target, string path, byte[] bytes, bool link)
    {
        var file = Path.Combine(target, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // A link stays a link: whether it may be followed is for the reader of manifests to say, as in the working tree.
        if (link && !OperatingSystem.IsWindows()) File.CreateSymbolicLink(file, Encoding.UTF8.GetString(bytes));
        else File.WriteAllBytes(file, bytes);
    }
}

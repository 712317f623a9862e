using System.Text;

namespace Slipway.Server;

/// <summary>Writes small files so that after a crash there is the old one or the new one, never half of one.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a file that only its owner can read, and waits until it is on disk.</summary>
    /// <param name="path">Where; the file beside it with <c>.new</c> at its end is used on the way.</param>
    /// <param name="text">All of it.</param>
    /// <param name="replace">Whether one that is there gives way; where not, that is an <see cref="IOException"/>.</param>
    public static void Write(string path, string text, bool replace)
    {
        var beside = path + ".new";
        // A file that is left of a crash keeps its mode when it is opened again, so it goes first.
        File.Delete(beside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(beside, options))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }
        File.Move(beside, path, replace);
    }
}

namespace Slipway.Cli.Ci;

/// <summary>The commit that a folder is compared with.</summary>
internal abstract record GitBase
{
    private const string Fetch = "In a pipeline, fetch the whole history first (fetch-depth: 0). With --checks-only nothing is compared.";

    private GitBase() { }

    /// <summary>There is one.</summary>
    /// <param name="Folder">The folder.</param>
    /// <param name="Reference">What it was found by, e.g. <c>origin/main</c>.</param>
    /// <param name="Commit">Where the branch of the folder left it; the reference's own commit where the two have no history in common.</param>
    /// <param name="Prefix">The folder's place in the repository, ending in <c>/</c>; empty for its root.</param>
    /// <param name="IsDirty">Whether the folder holds changes that are not committed.</param>
    internal sealed record Found(string Folder, string Reference, string Commit, string Prefix, bool IsDirty) : GitBase
    {
        /// <summary>The base in a sentence: <c>origin/main (1a2b3c4)</c>.</summary>
        public override string ToString() => Commit.StartsWith(Reference, StringComparison.Ordinal) ? Commit[..7] : $"{Reference} ({Commit[..7]})";
    }

    /// <summary>There is none.</summary>
    /// <param name="Message">Why.</param>
    /// <param name="Hint">What to do.</param>
    internal sealed record Missing(string Message, string? Hint) : GitBase;

    /// <summary>Finds it.</summary>
    /// <param name="folder">A folder, perhaps in a repository.</param>
    /// <param name="reference">A branch, tag or commit; null for the default branch.</param>
    /// <param name="cancellation">Gives it up.</param>
    public static async Task<GitBase> FindAsync(string folder, string? reference, CancellationToken cancellation)
    {
        if (await Git.RunAsync(folder, ["rev-parse", "--show-prefix"], cancellation) is not { } place)
            return new Missing("git is not installed here, and without it no base branch can be read.", "Install git, compare with a server's live versions (--server URL), or only check (--checks-only).");
        if (place.ExitCode != 0)
        {
            return place.Errors.Contains("not a git repository", StringComparison.Ordinal)
                ? new Missing($"{folder} lies in no Git repository, so there is nothing to compare with.", "Compare with a server's live versions (--server URL), or only check (--checks-only).")
                : new Missing($"git does not read the repository of {folder}: {place.Errors}", null);
        }
        if (await CommitAsync(folder, "HEAD", cancellation) is not { } head)
            return new Missing("The repository has no commit yet, so there is nothing to compare with.", "With --checks-only nothing is compared.");
        if (reference is null && (reference = await DefaultAsync(folder, cancellation)) is null)
            return new Missing("It is not clear which branch to compare with: there is no origin/HEAD, origin/main, origin/master, main or master here.", $"Name it, as in --base origin/main. {Fetch}");
        if (await CommitAsync(folder, reference, cancellation) is not { } commit)
            return new Missing($"There is no branch, tag or commit {reference} here.", Fetch);
        var fork = (await Git.RunAsync(folder, ["merge-base", head, commit], cancellation))?.Line;
        var dirty = (await Git.RunAsync(folder, ["status", "--porcelain", "--", "."], cancellation))?.Line is not null;
        return new Found(folder, reference, fork ?? commit, place.Line ?? "", dirty);
    }

    private static async Task<string?> DefaultAsync(string folder, CancellationToken cancellation)
    {
        if ((await Git.RunAsync(folder, ["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"], cancellation))?.Line is { } named && await CommitAsync(folder, named, cancellation) is not null) return named;
        foreach (var branch in (string[])["origin/main", "origin/master", "main", "master"])
            if (await CommitAsync(folder, branch, cancellation) is not null) return branch;
        return null;
    }

    // A name that begins with a dash would be an option to git, and no branch is called so.
    private static async Task<string?> CommitAsync(string folder, string reference, CancellationToken cancellation) => reference.StartsWith('-')
        ? null
        : (await Git.RunAsync(folder, ["rev-parse", "--verify", "--quiet", $"{reference}^{{commit}}"], cancellation))?.Line;
}

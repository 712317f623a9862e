namespace Slipway.Tests;

/// <summary>Where the checkout under test lies.</summary>
internal static class Repository
{
    /// <summary>The folder that holds <c>Slipway.slnx</c>.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string? folder)
    {
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder, "Slipway.slnx"))) folder = System.IO.Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests must run from inside the checkout.");
    }
}

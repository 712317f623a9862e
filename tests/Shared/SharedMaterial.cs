namespace Slipway.Tests;

/// <summary>Finds the material that lies beside the project (<c>../shared</c>, or <c>SLIPWAY_SHARED</c>): published suites and real data.</summary>
internal static class SharedMaterial
{
    /// <summary>The full path of a file or folder below the shared folder; skips the test, saying why, where it is not there.</summary>
    public static string Path(string relative)
    {
        var root = Environment.GetEnvironmentVariable("SLIPWAY_SHARED") ?? System.IO.Path.Combine(Repository.Root, "..", "shared");
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(root, relative));
        var there = File.Exists(path) || Directory.Exists(path);
        if (!there && Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail($"CI runs with the shared material, but {path} is missing.");
        Assert.SkipUnless(there, $"The shared material is not here ({path}); set SLIPWAY_SHARED to its folder.");
        return path;
    }
}

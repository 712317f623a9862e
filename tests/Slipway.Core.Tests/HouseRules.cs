using System.Text.RegularExpressions;
using Slipway.Core.Rendering;
using Slipway.Tests;

namespace Slipway.Core.Tests;

public sealed partial class HouseRules
{
    private static readonly string Source = Path.Combine(Repository.Root, "src");

    public static TheoryData<string> Features =>
    [
        .. ((string[])["Slipway.Core", "Slipway.Server", "Slipway.Cli"]).SelectMany(project => Directory.EnumerateDirectories(Path.Combine(Source, project)))
            .Where(folder => SourcesIn(folder).Any()).Select(folder => Path.GetRelativePath(Source, folder)).Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void Core_references_only_the_platform()
    {
        var foreign = typeof(ChatMessage).Assembly.GetReferencedAssemblies()
            .Select(assembly => assembly.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal));
        Assert.Empty(foreign);
    }

    [Theory]
    [MemberData(nameof(Features))]
    public void Every_feature_folder_says_in_a_few_lines_what_it_is_for(string folder)
    {
        var readme = Path.Combine(Source, folder, "README.md");
        Assert.True(File.Exists(readme), $"{folder} has no README.md.");
        Assert.InRange(File.ReadLines(readme).Count(), 4, 25);
    }

    [Fact]
    public void Sql_stands_in_storage_alone()
    {
        var storage = Path.Combine("Slipway.Server", "Storage") + Path.DirectorySeparatorChar;
        var files = SourcesIn(Source).Select(file => (Name: Path.GetRelativePath(Source, file), Text: File.ReadAllText(file))).ToList();
        Assert.Contains(files, file => file.Name.StartsWith(storage, StringComparison.Ordinal) && Sql().IsMatch(file.Text));
        Assert.Empty(files.Where(file => !file.Name.StartsWith(storage, StringComparison.Ordinal) && Sql().IsMatch(file.Text)).Select(file => file.Name));
    }

    private static IEnumerable<string> SourcesIn(string folder) => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj") && Path.GetFileName(folder) is not ("bin" or "obj"));

    // UPDATE and SET may stand on two lines of one statement.
    [GeneratedRegex(@"\bSELECT |\bINSERT INTO\b|\bCREATE TABLE\b|\bUPDATE\s+\S+\s+SET\b|\bDELETE FROM\b")] private static partial Regex Sql();
}

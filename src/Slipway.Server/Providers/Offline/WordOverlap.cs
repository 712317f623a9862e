namespace Slipway.Server.Providers.Offline;

/// <summary>Scores texts by the words and word pairs they share with a message: rare words count more than common ones.</summary>
/// <remarks>Built once a prompt, then only read; safe to share between threads.</remarks>
internal sealed class WordOverlap
{
    private const double PairWeight = 0.7;          // a pair counts on top of its two words
    private const double MisspelledWeight = 0.8;    // a guess is worth a little less than the word itself
    private const int ShortestMisspelled = 5;
    private const double LengthPart = 0.3;          // how far a long text's words are held down, so that it does not win by length alone

    private readonly Dictionary<string, double[]> weights = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> misspellings = new(StringComparer.Ordinal);
    private readonly double[] norms;

    /// <summary>Prepares the candidates.</summary>
    /// <param name="candidates">For each candidate its texts, each with the weight of its words.</param>
    public WordOverlap(IReadOnlyList<IReadOnlyList<(string Text, double Weight)>> candidates)
    {
        Count = candidates.Count;
        norms = new double[Count];
        for (var candidate = 0; candidate < Count; candidate++)
            foreach (var (text, weight) in candidates[candidate]) Collect(candidate, text, weight);
        var lengths = Enumerable.Range(0, Count).Select(candidate => (double)weights.Values.Count(row => row[candidate] > 0)).ToArray();
        var usual = Math.Max(1, lengths.DefaultIfEmpty().Average());
        foreach (var (term, row) in weights)
        {
            // The rarer a word among the candidates, the more it tells. The +1 keeps a word that all of them have just above nothing.
            var rarity = Math.Log((Count + 1.0) / row.Count(weight => weight > 0)) * (term.Contains(' ') ? PairWeight : 1);
            for (var candidate = 0; candidate < Count; candidate++)
            {
                row[candidate] *= rarity / (1 - LengthPart + LengthPart * lengths[candidate] / usual);
                norms[candidate] += row[candidate] * row[candidate];
            }
        }
        var single = weights.Keys.Where(term => term.Length >= ShortestMisspelled && !term.Contains(' '));
        foreach (var term in single.Order(StringComparer.Ordinal))
            foreach (var shorter in Misspelling.WithoutOneLetter(term).Append(term)) misspellings.TryAdd(shorter, term);
    }

    /// <summary>How many candidates there are.</summary>
    public int Count { get; }

    /// <summary>Adds each candidate's score to <paramref name="scores"/> and, if wanted, the words that scored.</summary>
    /// <param name="message">The words of the message and how much each counts.</param>
    /// <param name="scores">One number a candidate.</param>
    /// <param name="hits">Receives each word of the message that some candidate has, with its row of weights.</param>
    public void Score(IReadOnlyList<WeightedWord> message, Span<double> scores, List<(Word Word, double[] Row)>? hits = null)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var previous = "";
        foreach (var (word, weight) in message)
        {
            var (term, row, certainty) = Find(word);
            if (row is not null && seen.Add(term))
            {
                Add(scores, row, weight * certainty);
                hits?.Add((word, row));
            }
            // The pair is looked up by its corrected words, so "lokced out" still is "locked out".
            if (word.Follows && weights.TryGetValue($"{previous} {term}", out var pair) && seen.Add($"{previous} {term}"))
                Add(scores, pair, weight);
            previous = term;
        }
    }

    /// <summary>How alike the message and the most alike candidate of each group are: 0 for nothing shared, 1 for the same words.</summary>
    /// <param name="message">The words of the message.</param>
    /// <param name="groups">The group of each candidate.</param>
    /// <param name="closest">Receives the highest likeness of each group.</param>
    public void Likeness(IReadOnlyList<WeightedWord> message, IReadOnlyList<int> groups, Span<double> closest)
    {
        var scores = new double[Count];
        Score(message, scores);
        var words = message.Count(word => !word.Word.IsCommon);
        for (var candidate = 0; candidate < Count; candidate++)
        {
            if (norms[candidate] <= 0 || words == 0) continue;
            var likeness = Math.Min(1, scores[candidate] / Math.Sqrt(norms[candidate] * words * Math.Log(Count + 1.0)));
            closest[groups[candidate]] = Math.Max(closest[groups[candidate]], likeness);
        }
    }

    private static void Add(Span<double> scores, double[] row, double factor)
    {
        for (var candidate = 0; candidate < row.Length; candidate++) scores[candidate] += row[candidate] * factor;
    }

    private (string Term, double[]? Row, double Certainty) Find(Word word)
    {
        if (weights.TryGetValue(word.Stem, out var row)) return (word.Stem, row, 1);
        if (word.IsCommon || word.Text.Length < ShortestMisspelled) return (word.Stem, null, 0);
        return Misspelling.Correct(word.Stem, misspellings) is { } meant ? (meant, weights[meant], MisspelledWeight) : (word.Stem, null, 0);
    }

    private void Collect(int candidate, string text, double weight)
    {
        var previous = default(Word);
        foreach (var word in Words.Of(text))
        {
            if (!word.IsCommon) Raise(word.Stem, candidate, weight);
            if (word.Follows && !(word.IsCommon && previous.IsCommon)) Raise($"{previous.Stem} {word.Stem}", candidate, weight);
            previous = word;
        }
    }

    private void Raise(string term, int candidate, double weight)
    {
        if (!weights.TryGetValue(term, out var row)) weights.Add(term, row = new double[Count]);
        row[candidate] = Math.Max(row[candidate], weight);
    }
}

/// <summary>A word of a message and how much it counts: 1, or less in a sentence the prompt said not to trust.</summary>
internal readonly record struct WeightedWord(Word Word, double Weight);

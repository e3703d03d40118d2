"""Scores River's usual pipelines, PPMd and bzip2 on the streams of a JSON file.

python3 streams.py cases.json prints {case: {predictor: score}} as JSON. Every predictor passes over the
records once, predicts each from those before it, and only then learns from it. Numbers: the root of the mean
squared error after the first tenth. Categories: bits a record after the first tenth. Texts: bits a byte.
What is not installed is left out.
"""

import bz2
import csv
import json
import math
import sys


def rows_of(case):
    with open(case["file"], newline="") as file:
        return list(csv.DictReader(file))


def numbers(case):
    from river import compose, linear_model, optim, preprocessing, time_series

    target = [row[case["target"]] for row in rows_of(case)]
    values = [float(text) if text != "" else None for text in target]
    season = case.get("season", 1)

    def lags():
        return compose.Pipeline(
            preprocessing.StandardScaler(),
            linear_model.LinearRegression(optimizer=optim.SGD(0.01), intercept_lr=0.1),
        )

    models = {
        "River: SNARIMAX": time_series.SNARIMAX(
            p=8, d=1 if season == 1 else 0, q=1, m=season, sp=2 if season > 1 else 0, regressor=lags()
        ),
        "River: Holt-Winters": time_series.HoltWinters(
            alpha=0.3, beta=0.1, **({"gamma": 0.6, "seasonality": season} if season > 1 else {})
        ),
    }
    begin = len(values) // 10
    scores = {}
    for name, model in models.items():
        total, count, latest = 0.0, 0, None
        for i, value in enumerate(values):
            if value is None:
                continue
            guess = latest
            try:
                guess = model.forecast(horizon=1)[0]
            except (IndexError, TypeError, ZeroDivisionError, AttributeError):
                pass  # too early
            if guess is not None and i >= begin:
                total += (guess - value) ** 2
                count += 1
            model.learn_one(value)
            latest = value
        scores[name] = math.sqrt(total / count)
    lagged, recent, total, count = lags(), [], 0.0, 0
    for i, value in enumerate(values):
        if value is None:
            continue
        x = {f"lag {k + 1}": v for k, v in enumerate(reversed(recent[-8:]))}
        guess = (recent[-1] if recent else 0.0) + lagged.predict_one(x)
        if recent and i >= begin:
            total += (guess - value) ** 2
            count += 1
        if recent:
            lagged.learn_one(x, value - recent[-1])
        recent = (recent + [value])[-8:]
    scores["River: linear regression on 8 lags"] = math.sqrt(total / count)
    return scores


def categories(case):
    from river import compose, linear_model, preprocessing, tree

    rows = rows_of(case)
    names = [name for name in rows[0] if name not in (case["target"], case.get("time"))]
    target = [row[case["target"]] for row in rows]
    # With a horizon of 1 only earlier rows are known, with one of 0 the other columns of the same row too.
    late = case["horizon"]
    features = [
        {**{name: rows[i - late][name] if i >= late else None for name in names}, "before": target[i - 1] if i > 0 else None}
        for i in range(len(rows))
    ]
    begin = len(rows) // 10
    # Softmax regression takes numbers: those that are texts are one-hot.
    encode = preprocessing.OneHotEncoder()
    if late == 1:
        numeric = [name for name in names if all(is_number(row[name]) for row in rows)]
        features = [
            {name: float(v) if name in numeric and v is not None else v for name, v in x.items()} for x in features
        ]
        encode = (compose.SelectType(str) | preprocessing.OneHotEncoder()) + (
            compose.SelectType(float) | preprocessing.StandardScaler()
        )
    models = {
        "River: Hoeffding tree": tree.HoeffdingTreeClassifier(),
        "River: softmax regression": encode | linear_model.SoftmaxRegression(),
    }
    scores = {}
    for name, model in models.items():
        bits = 0.0
        for i, (x, y) in enumerate(zip(features, target)):
            said = model.predict_proba_one(x) or {}
            said = {key: 0.999 * p for key, p in said.items()}
            if i >= begin:
                bits -= math.log2(said.get(y, 0.0) + 0.001 / len(set(target)))
            model.learn_one(x, y)
        scores[name] = bits / (len(rows) - begin)
    return scores


def is_number(text):
    try:
        float(text)
        return True
    except ValueError:
        return False


def text(case):
    with open(case["file"], "rb") as file:
        data = file.read()
    scores = {"bzip2 -9": 8 * len(bz2.compress(data, 9)) / len(data)}
    try:
        import pyppmd

        for order in (4, 5, 6):
            packed = pyppmd.compress(data, max_order=order, mem_size=256 << 20)
            scores[f"PPMd, order {order}"] = 8 * len(packed) / len(data)
    except ImportError:
        pass
    return scores


def main():
    with open(sys.argv[1]) as file:
        cases = json.load(file)
    kinds = {"numbers": numbers, "categories": categories, "text": text}
    results = {}
    for case in cases:
        try:
            results[case["name"]] = kinds[case["kind"]](case)
        except ImportError:
            results[case["name"]] = {}
    print(json.dumps(results))


main()
